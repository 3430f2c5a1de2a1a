// Writes the JSON schemas by which editors complete networks, scenarios, tariffs and evaluations, as the code reads those files.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tariffJsonSchema } from '@hushgrid/billing'
import { evaluationJsonSchema } from '@hushgrid/evaluation'
import { scenarioJsonSchema } from '@hushgrid/scenarios'
import { networkJsonSchema } from '@hushgrid/topology'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SCHEMAS = [
  ['topology/networks', 'network.schema.json', networkJsonSchema],
  ['topology/scenarios', 'scenario.schema.json', scenarioJsonSchema],
  ['packages/billing/tariffs', 'tariff.schema.json', tariffJsonSchema],
  ['packages/evaluation/evaluations', 'evaluation.schema.json', evaluationJsonSchema]
] as const

for (const [folder, name, schema] of SCHEMAS) {
  if (!readdirSync(join(ROOT, folder)).includes(name))
    throw new Error(`${folder}: expected ${name} there, as the files' first lines name it`)
  writeFileSync(join(ROOT, folder, name), `${JSON.stringify(schema())}\n`)
}
