import { Console } from 'node:console'
import { PassThrough } from 'node:stream'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/bytes/bytes.ts'
import { IdentityKey } from '../../src/crypto/identity.ts'
import { BlindingKey } from '../../src/crypto/key-agreement.ts'
import { InvalidArgumentError } from '../../src/errors.ts'

const secret = Uint8Array.from({ length: 32 }, (_, i) => 0xb1 ^ (i * 37))
const head = secret.subarray(0, 6)
/** The beginning of the secret in any of the spellings that printing gives bytes. */
const spellings = [
  new RegExp(toHex(head), 'i'),
  new RegExp([...head].map(byte => byte.toString(16)).join(' ')),
  new RegExp(Buffer.from(head).toString('base64')),
  new RegExp([...head].join(',\\s*')),
  new RegExp([...head].map((byte, i) => `"${i}":${byte}`).join(',')),
  new RegExp([...head].map(byte => `\\x${byte.toString(16)}`).join(''))
]

/** What shows all it has: that a way of printing finds nothing in a key means something only if it finds it here. */
class Open {
  readonly exposed = Uint8Array.from(secret)

  toString(): string {
    return toHex(this.exposed)
  }
}

function printed(...values: unknown[]): string {
  const stream = new PassThrough()
  const console = new Console(stream, stream)
  console.log(...values)
  console.dir(values[0], { showHidden: true, depth: Infinity })
  console.table(values)
  return (stream.read() as Buffer).toString('latin1')
}

describe.each([
  ['IdentityKey', new IdentityKey(secret)],
  ['BlindingKey', new BlindingKey(secret)]
] as const)('%s', (_name, key) => {
  const ways: Record<string, (value: object) => string> = {
    'console.log': value => printed(value),
    'console.log of what holds it': value => printed({ held: [value] }, new Map([['key', value]])),
    'util.inspect with everything shown': value => inspect(value, { showHidden: true, depth: Infinity, getters: true }),
    'util.format': value => format('%s %o %O %j', value, value, value, value),
    'JSON.stringify': value => JSON.stringify({ value }),
    String: value => `${value} ${[value]}`,
    'own properties': value =>
      inspect(Reflect.ownKeys(value).map(name => Reflect.get(value, name))) + JSON.stringify(Object.entries({ ...value })),
    structuredClone: value => inspect(structuredClone(value), { showHidden: true }),
    'v8.serialize': value => serialize(value).toString('hex')
  }

  it.each(Object.entries(ways))('shows no secret by %s', (_way, show) => {
    expect(spellings.filter(spelling => spelling.test(show(key)))).toEqual([])
    expect(spellings.filter(spelling => spelling.test(show(new Open())))).not.toEqual([])
  })

  it('shows its public half', () => {
    expect(JSON.stringify(key)).toMatch(/[0-9a-f]{64}/)
  })
})

it('a secret of the wrong length is not repeated in the error', () => {
  for (const make of [() => new IdentityKey(secret.subarray(0, 31)), () => new BlindingKey(secret.subarray(0, 31))]) {
    try {
      make()
      expect.unreachable()
    } catch (cause) {
      expect(cause).toBeInstanceOf(InvalidArgumentError)
      expect(spellings.filter(spelling => spelling.test(inspect(cause, { showHidden: true })))).toEqual([])
    }
  }
})
