// docs/data.md has the schema of a run's files as it is: each column, each type of event, the version.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { RUN_FORMAT } from '../../src/report/schema/run.ts'
import { columnTable, eventTable } from '../support/schema-tables.ts'

const page = readFileSync(new URL('../../../../docs/data.md', import.meta.url), 'utf8')

it.each([
  ['columns of slots.csv', columnTable],
  ['types of events.jsonl', eventTable]
])('the %s', (_, table) => {
  // On a difference, this is what the page must have.
  expect(page).toContain(`\n\n${table().join('\n')}\n\n`)
})

it('the version', () => {
  expect(page).toContain(`\`${RUN_FORMAT}\``)
  expect(page).not.toMatch(/hushgrid-(?:churn\/1|run\/[0-24-9])/)
})
