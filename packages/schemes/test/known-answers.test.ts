// Every scheme against the known answers beside this workspace.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { checkSchemeCase } from '../src/known-answers/check.ts'
import { checkPeriodCase } from '../src/known-answers/check-period.ts'
import type { PeriodCase, SchemeCase, SchemeFile } from '../src/known-answers/format.ts'
import { SCHEMES } from '../src/schemes/registered.ts'

const path = fileURLToPath(new URL('../../../../shared/known-answers/schemes.json', import.meta.url))
const there = existsSync(path)
if (!there) console.log('skipped: the known answers of schemes, since ../shared/known-answers is not there')
const file: SchemeFile | undefined = there ? JSON.parse(readFileSync(path, 'utf8')) : undefined
const cases = (file?.cases ?? []).filter((each): each is SchemeCase => 'slots' in each && each.scheme in SCHEMES)

it.skipIf(!there)('has cases', () => {
  expect(cases.length).toBeGreaterThan(0)
})

it.skipIf(!there).each(cases)('$scheme agrees with its known answers', each => {
  const { checked, failures } = checkSchemeCase(file as SchemeFile, each)
  expect(failures).toEqual([])
  expect(checked.length).toBeGreaterThan(12)
})

it.skipIf(!there)('erkin-tsudik-temporal agrees with its known answers, which are bills', () => {
  const of = file?.cases.find((each): each is PeriodCase => !('slots' in each) && each.scheme === 'erkin-tsudik-temporal')
  const { checked, failures } = checkPeriodCase(file as SchemeFile, of as PeriodCase)
  expect(failures).toEqual([])
  expect(checked.length).toBeGreaterThan(12)
})
