// With `reencrypt` the PES sees each reading for a moment. Here its readings are numbers that nothing else is, and every byte
// that PES or concentrator gives out or keeps is searched for them, in every way to write them.
import { types } from 'node:util'
import { lanesFromIntegers, lanesToBytes, signedLanes } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { passSlot } from './support/pass-slot.ts'
import { FIRST_SLOT, VirtualPath } from './support/virtual-path.ts'

const MEMBERS = 8
const SLOTS = 10
const CRASHED = 3

/**
 * Import and export of a meter in a slot, which is a multiple of ten and one of the nine after it. The four lowest bytes
 * differ for each, and none of them could be text or is 0.
 */
function distinctive(index: number, slot: number): readonly [bigint, bigint] {
  const own = BigInt(0x81 + index + MEMBERS * (slot % SLOTS)) << 24n
  return [own | 0xd7_b3_91n, (own | 0xd6_b2_8fn) - 2n ** 40n]
}

/** How a number can be written: the name of the way, and the bytes. */
function encodings(value: bigint): readonly (readonly [string, Buffer])[] {
  const eight = Buffer.alloc(8)
  eight.writeBigInt64LE(value)
  const four = eight.subarray(0, 4)
  const magnitude = value < 0n ? -value : value
  const texts = [magnitude.toString(10), magnitude.toString(16), eight.toString('hex'), BigInt.asUintN(64, value).toString(16)]
  return [
    ['8 bytes, little-endian', eight],
    ['8 bytes, big-endian', Buffer.from(eight).reverse()],
    ['4 bytes, little-endian', four],
    ['4 bytes, big-endian', Buffer.from(four).reverse()],
    ...['decimal', 'hexadecimal', 'its bytes in hexadecimal', 'hexadecimal, two’s complement'].map((name, i): [string, Buffer] => [
      name,
      Buffer.from(texts[i] as string)
    ]),
    ['its bytes in base64', Buffer.from(eight.toString('base64').slice(0, 8))]
  ]
}

/** Every byte string, string and number that can be reached from something, each as bytes. */
function everything(from: unknown, seen = new Set<unknown>()): Buffer[] {
  if (from instanceof Uint8Array) return [Buffer.from(from)]
  if (from instanceof BigUint64Array) return [Buffer.from(from.buffer), ...everything([...from, ...signedOf(from)], seen)]
  if (typeof from === 'string') return [Buffer.from(from)]
  if (typeof from === 'number' || typeof from === 'bigint') return [Buffer.from(String(from)), Buffer.from(from.toString(16))]
  if (typeof from !== 'object' || from === null || seen.has(from) || types.isKeyObject(from)) return []
  seen.add(from)
  if (from instanceof Map) return [...from].flatMap(entry => everything(entry, seen))
  const items: readonly unknown[] = Array.isArray(from) || from instanceof Set ? [...from] : Object.values(from)
  return items.flatMap(item => everything(item, seen))
}

function signedOf(words: BigUint64Array): bigint[] {
  return Array.from(words, word => BigInt.asIntN(64, word))
}

interface Trace {
  readonly index: number
  readonly slot: number
  readonly how: string
}

/** Where readings are to be seen in what was given out. */
function traces(of: readonly Buffer[], from = FIRST_SLOT): Trace[] {
  const all = Buffer.concat(of.flatMap(each => [each, Buffer.from('|')]))
  // In lower case once more, for hexadecimal digits that are not; byte values above 127 stay apart.
  const lower = Buffer.from(
    all.toString('latin1').replaceAll(/[A-F]/g, letter => letter.toLowerCase()),
    'latin1'
  )
  const found: Trace[] = []
  for (let index = 0; index < MEMBERS; index++) {
    for (let slot = from; slot < from + SLOTS; slot++) {
      for (const value of distinctive(index, slot)) {
        for (const [how, bytes] of encodings(value)) if (all.includes(bytes) || lower.includes(bytes)) found.push({ index, slot, how })
      }
    }
  }
  return found
}

/**
 * Traces in what one run and another have given out. Four bytes in a row turn up among random ones by chance, once in some
 * hundred runs; not the same in a second run.
 */
function tracesInBoth(one: unknown, other: unknown): Trace[] {
  const both = traces(everything(other)).map(trace => JSON.stringify(trace))
  return traces(everything(one)).filter(trace => both.includes(JSON.stringify(trace)))
}

describe('with reencrypt', () => {
  let printed: MockInstance[] = []
  beforeEach(() => {
    printed = [
      ...(['log', 'info', 'warn', 'error', 'debug'] as const).map(method => vi.spyOn(console, method)),
      vi.spyOn(process.stdout, 'write'),
      vi.spyOn(process.stderr, 'write')
    ]
  })
  afterEach(() => vi.restoreAllMocks())

  /**
   * A billing period and more, with a meter that crashes and a reading that is dropped.
   *
   * @param drawn - random bytes that are thrown away first, so that what is drawn later is other than in a run with fewer
   */
  function run(drawn = 0): VirtualPath {
    const path = new VirtualPath({ members: MEMBERS, batch: 3 })
    path.rng.bytes(drawn)
    for (let slot = 0; slot < SLOTS; slot++) {
      path.meter(CRASHED).up = slot < 2
      // An altered reading: what an error about it says must not show it either.
      path.onPublish = (bytes, meter) => (slot === 4 && meter === 5 ? bytes.map((byte, i) => (i === 80 ? byte ^ 1 : byte)) : bytes)
      passSlot(path, FIRST_SLOT + slot, index => lanesFromIntegers(distinctive(index, FIRST_SLOT + slot)))
    }
    return path
  }

  function saidBy(path: VirtualPath): Readonly<Record<string, unknown>> {
    return {
      sent: path.wire,
      'the outputs of the PES': path.outputs.pes,
      'the outputs of the concentrator': path.outputs.concentrator,
      'the snapshot of the PES': path.snapshot,
      'the concentrator’s journal': path.concentratorJournal,
      'what the PES holds': { ...path.pes, config: undefined },
      'what the concentrator holds': { ...path.concentrator, config: undefined },
      printed: printed.map(({ mock }) => mock.calls)
    }
  }

  it('no reading is in anything that PES or concentrator sends, gives out, keeps, holds or prints', () => {
    const [path, again] = [run(), run(1)]
    expect(path.totals()).toHaveLength(SLOTS)
    const [said, saidAgain] = [saidBy(path), saidBy(again)]
    for (const [what, of] of Object.entries(said)) {
      expect(tracesInBoth(of, saidAgain[what]), what).toEqual([])
    }
    expect(path.snapshot?.byteLength).toBeGreaterThan(1000)
    expect(everything(said).reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeGreaterThan(50_000)
  })

  it('and the search finds a reading however it is written, also deep inside', () => {
    const value = distinctive(2, FIRST_SLOT + 1)
    const lanes = lanesFromIntegers(value)
    const ways: readonly unknown[] = [
      lanes,
      lanesToBytes(lanes),
      { deep: new Map([[1, [{ reading: value[0] }]]]) },
      JSON.stringify(value.map(String)),
      signedLanes(lanes).map(number => number.toString(16).toUpperCase()),
      Number(value[1]),
      Buffer.from(lanesToBytes(lanes)).toString('base64'),
      Buffer.from(JSON.stringify({ key: Buffer.from(lanesToBytes(lanes)).toString('hex') })),
      new Uint8Array(Buffer.from(lanesToBytes(lanes)).subarray(0, 4)),
      new Set([`a reading beyond: ${value[0]}`])
    ]
    for (const way of ways)
      expect(traces(everything([{ way }])).some(({ index, slot }) => index === 2 && slot === FIRST_SLOT + 1)).toBe(true)
    // The meters themselves hold none once it is sent.
    const held = (path: VirtualPath) => path.meters.map(({ state, journal }) => ({ ...state, config: undefined, journal }))
    expect(tracesInBoth(held(run()), held(run(1)))).toEqual([])
  })
})
