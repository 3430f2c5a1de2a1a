// The protocol's page: its appendix is what `pnpm generate` makes of the schema, and says of every message what is in it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MessageType, PAYLOAD_LIMIT } from '@hushgrid/messages'
import { withAppendix } from '@hushgrid/scripts/protocol-appendix'
import { describe, expect, it } from 'vitest'
import { ROOT, textOf } from './support/docs-pages.ts'

const proto = readFileSync(join(ROOT, 'packages/messages/src/hushgrid.proto'), 'utf8')
const page = textOf('docs/protocol.md')

describe('the appendix of docs/protocol.md', () => {
  it('is what `pnpm generate` makes of the schema and the limits', () => {
    expect(withAppendix(page, proto, PAYLOAD_LIMIT) === page, 'run pnpm generate').toBe(true)
  })

  it('has each type with its number and limit', () => {
    for (const type of Object.keys(PAYLOAD_LIMIT).filter(each => each !== 'Unspecified') as MessageType[]) {
      const number = new RegExp(`^  ${type} = (\\d+);$`, 'm').exec(proto)?.[1]
      const limit = String(PAYLOAD_LIMIT[type]).replace(/\B(?=(\d{3})+$)/g, ',')
      expect(page).toMatch(new RegExp(`^\\| +${number} \\| \`${type}\` +\\| \`\\w+\` +\\| +${limit} \\|$`, 'm'))
    }
  })

  it('has each field of each message with its number', () => {
    const messages = [...proto.matchAll(/^message (\w+) \{([\s\S]*?)\}$/gm)]
    expect(messages.length).toBeGreaterThan(30)
    for (const [, name = '', body = ''] of messages) {
      const section = page.split(`\n### ${name}\n`)[1]?.split('\n### ')[0] ?? ''
      expect(section, name).not.toBe('')
      for (const [, field, number] of body.replaceAll(/\/\/.*$/gm, '').matchAll(/ (\w+) = (\d+)[ ;]/g))
        expect(section).toMatch(new RegExp(`^\\| +${number} \\| \`${field}\` `, 'm'))
    }
  })

  it('follows a schema that changes, and refuses one that it cannot read', () => {
    const changed = proto.replace('uint32 season = 2;', 'uint32 seasonOfKey = 9;')
    const again = withAppendix(page, changed, PAYLOAD_LIMIT)
    expect(again).toMatch(/^\| +9 \| `seasonOfKey` +\| uint32 /m)
    expect(again.split('\n## Appendix')[0]).toBe(page.split('\n## Appendix')[0])
    expect(() => withAppendix(page, `${proto}\nmessage A { oneof b {} }`, PAYLOAD_LIMIT)).toThrow(/expected a definition/)
    expect(() => withAppendix(page, proto.replace('  Conflict = 41;', '  Invented = 42;'), PAYLOAD_LIMIT)).toThrow(/type Invented/)
  })
})
