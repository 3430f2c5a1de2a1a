// The appendix of docs/protocol.md: the schema's type names, field numbers and size limits.
import { HushgridError } from '@hushgrid/primitives'

const HEADING = '## Appendix: messages'

const INTRODUCTION = `Made by \`pnpm generate\` from [hushgrid.proto](../packages/messages/src/hushgrid.proto) and
[limits.ts](../packages/messages/src/limits.ts). Payloads are proto3 in its canonical encoding: fields in the order of their
numbers, none that is zero or empty, integers in as few bytes as they need; lists of numbers are not packed. Byte strings
of a list stand one after the other, each with its tag.`

/** A field of a message. */
interface Field {
  readonly number: number
  readonly name: string
  readonly type: string
  readonly comment: string
}

/** A message or an enum of the schema, with what its comment says. */
interface Definition {
  readonly kind: 'message' | 'enum'
  readonly name: string
  readonly comment: string
  readonly fields: readonly Field[]
}

/**
 * Puts the appendix in the place of the one that a page has, or at its end.
 *
 * @param limits - largest payload by type name, bytes
 * @throws HushgridError on a schema that has what no message of ours has
 */
export function withAppendix(page: string, proto: string, limits: Readonly<Record<string, number>>): string {
  const [before = ''] = page.split(`\n${HEADING}\n`)
  return `${before.trimEnd()}\n\n${HEADING}\n\n${appendix(definitionsOf(proto), limits)}\n`
}

function appendix(definitions: readonly Definition[], limits: Readonly<Record<string, number>>): string {
  const types = definitions.find(({ name }) => name === 'MessageType')?.fields.filter(({ number }) => number !== 0) ?? []
  const payloadOf = new Map(types.map(({ name }) => [name, payloadName(definitions, name)]))
  const typeRows = types.map(({ number, name }) => [
    String(number),
    `\`${name}\``,
    `\`${payloadOf.get(name)}\``,
    thousands(limits[name] ?? 0)
  ])
  const sections = definitions.filter(({ name }) => name !== 'MessageType').map(section)
  return [
    INTRODUCTION,
    table(['number', 'type name, as it is signed', 'payload', 'largest payload, bytes'], typeRows, [0, 3]),
    ...sections
  ].join('\n\n')
}

/** Types whose payload is named after another type. */
const SHARED: Readonly<Record<string, string>> = { Conflict: 'EdgeRequest' }

/** Finds the message that is the payload of a type. */
function payloadName(definitions: readonly Definition[], type: string): string {
  const of = SHARED[type] ?? type
  const found = [`${of}Payload`, of].find(name => definitions.some(each => each.kind === 'message' && each.name === name))
  if (found === undefined) throw new HushgridError(`schema: expected a message for the type ${type}, got none`)
  return found
}

function section({ kind, name, comment, fields }: Definition): string {
  const parts = [`### ${name}`]
  if (comment !== '') parts.push(comment)
  if (fields.length > 0) {
    const isEnum = kind === 'enum'
    const rows = fields.map(field => [String(field.number), `\`${field.name}\``, ...(isEnum ? [] : [field.type]), field.comment])
    parts.push(table(isEnum ? ['value', 'name', ''] : ['number', 'field', 'type', ''], rows, [0]))
  } else parts.push('No fields.')
  return parts.join('\n\n')
}

/** Writes a table with columns of even width, as the formatter leaves them. */
function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map(row => (row[column] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (right.includes(column) ? (cells[column] ?? '').padStart(width) : (cells[column] ?? '').padEnd(width))).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (right.includes(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Reads the schema, which has one definition after the other and one field a line. */
function definitionsOf(proto: string): Definition[] {
  const definitions: { kind: 'message' | 'enum'; name: string; comment: string; fields: Field[] }[] = []
  let open: (typeof definitions)[number] | undefined
  let comment: string[] = []
  const said = (): string => {
    const text = comment.join(' ').replaceAll('|', '\\|')
    comment = []
    return text
  }
  for (const line of proto.split('\n')) {
    const note = /^\s*\/\/ ?(.*)$/.exec(line)?.[1]
    const start = /^(message|enum) (\w+) \{(\})?$/.exec(line)
    const field = /^ {2}(?:(repeated|optional) )?(?:(\w+) )?(\w+) = (\d+)(?: \[jstype = JS_NUMBER\])?;$/.exec(line)
    if (note !== undefined) comment.push(note)
    else if (start) {
      open = { kind: start[1] as 'message' | 'enum', name: start[2] as string, comment: said(), fields: [] }
      definitions.push(open)
      if (start[3]) open = undefined
    } else if (field && open) {
      const [, label, type = '', name = '', number] = field
      const full = label === 'repeated' ? `list of ${type}` : label === 'optional' ? `${type}, optional` : type
      open.fields.push({ number: Number(number), name, type: full, comment: said() })
    } else if (line === '}') {
      open = undefined
      comment = []
    } else if (line === '' || line.startsWith('syntax = ')) comment = []
    else throw new HushgridError(`schema: expected a definition, a field or a comment, got ${JSON.stringify(line)}`)
  }
  return definitions
}
