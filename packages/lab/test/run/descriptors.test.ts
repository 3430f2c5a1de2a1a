// File descriptors of a run, before it starts, beside what was measured of real runs.
import { HushgridError } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { contenderFor } from '../../src/contender/contenders.ts'
import type { LabSupplier } from '../../src/neighbourhood/supplier.ts'
import { checkDescriptors, descriptorsApart, descriptorsOf } from '../../src/run/descriptors.ts'

const dcnet = contenderFor({ mode: 'dcnet', recovery: 'edge-release' })
const pes = contenderFor({ mode: 'pes' })
const supplier = {} as LabSupplier

it.each([
  // The most that a process held in runs of this many meters and processes.
  ['dcnet', { contender: dcnet, members: 10, processes: 1 }, 121],
  ['dcnet', { contender: dcnet, members: 50, processes: 1 }, 441],
  ['dcnet', { contender: dcnet, members: 30, processes: 3 }, 114],
  ['pes', { contender: pes, members: 25, processes: 1 }, 152],
  ['demo', { contender: dcnet, members: 10, processes: 1, supplier }, 154],
  ['demo', { contender: dcnet, members: 25, processes: 1, supplier }, 319]
])('of a lab (%s) are a few more than it was seen to hold', (_, plan, seen) => {
  const needed = descriptorsOf({ supplier: undefined, ...plan })
  expect(needed).toBeGreaterThanOrEqual(seen)
  expect(needed).toBeLessThan(seen + 50)
})

it.each([
  ['dcnet', dcnet, 197],
  ['pes', pes, 101]
])('of a process of meters (%s) are a few more than it was seen to hold', (_, contender, seen) => {
  const needed = descriptorsApart(contender, 26)
  expect(needed).toBeGreaterThanOrEqual(seen)
  expect(needed).toBeLessThan(seen + 65)
})

it('are none where nobody has measured them', () => {
  const { descriptors: _, ...facts } = dcnet.facts
  expect(descriptorsOf({ contender: { ...dcnet, facts }, members: 10, processes: 1, supplier: undefined })).toBe(0)
  expect(descriptorsApart({ ...dcnet, facts }, 10)).toBe(0)
})

it('are refused beyond the limit, with the words that allow them', () => {
  expect(() => checkDescriptors(50, 456, 256)).toThrow(
    new HushgridError('--n 50: expected a limit of 456 open files, got 256; allow them with "ulimit -n 456", or start fewer meters')
  )
  expect(() => checkDescriptors(50, 456, 456)).not.toThrow()
  // This machine's own limit.
  expect(() => checkDescriptors(1, 1)).not.toThrow()
  expect(() => checkDescriptors(1e9, 1e10)).toThrow(/got \d+; allow/)
})
