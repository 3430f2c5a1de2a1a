// Writes the appendix of docs/protocol.md from the schema, as `pnpm generate` does.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PAYLOAD_LIMIT } from '@hushgrid/messages'
import { withAppendix } from './protocol-appendix.ts'

const page = fileURLToPath(new URL('../../../docs/protocol.md', import.meta.url))
const proto = fileURLToPath(new URL('../../../packages/messages/src/hushgrid.proto', import.meta.url))
writeFileSync(page, withAppendix(readFileSync(page, 'utf8'), readFileSync(proto, 'utf8'), PAYLOAD_LIMIT))
