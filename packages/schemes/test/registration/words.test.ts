// Words between the parties of a live scheme: what is written is read again, and nothing else is.
import { MalformedMessageError } from '@hushgrid/messages'
import { BlindingKey, type Epoch, IdentityKey, type Slot, systemRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { agreementKey, sealAnnouncement } from '../../src/driver/announcement.ts'
import { decodeStanding, decodeWelcome, decodeWord, encodeStanding, encodeWelcome, encodeWord, MAX_SCHEME_WORD } from '../../src/index.ts'
import type { Word } from '../../src/registration/words.ts'

const [registrar, aggregator, ...meters] = Array.from({ length: 5 }, () => IdentityKey.generate(systemRng)) as [
  IdentityKey,
  IdentityKey,
  ...IdentityKey[]
]
const keyOf = (identity: IdentityKey) => agreementKey(identity, BlindingKey.generate(systemRng))
const members = meters.map(({ id }) => id).sort()
const group = {
  epoch: 3 as Epoch,
  members,
  parties: { aggregator: aggregator.id },
  deviceOf: new Map(),
  lanes: 2,
  joined: members.slice(0, 1),
  left: []
}
const keys = new Map([aggregator, ...meters].map(each => [each.id, keyOf(each)]))
const announcement = sealAnnouncement({ group, phase: 'setup', firstSlot: 9 as Slot, keys }, 'plain', registrar)
const key = keyOf(aggregator)

const WORDS: readonly Word[] = [
  { type: 'message', bytes: systemRng.bytes(40) },
  { type: 'relay', bytes: systemRng.bytes(40) },
  { type: 'notice', announcement, addresses: new Map([...members, aggregator.id].map((id, i) => [id, `/ip4/127.0.0.1/tcp/${4000 + i}`])) },
  { type: 'enrol', role: 'meter', key, address: '/ip4/127.0.0.1/tcp/4001', device: aggregator.id },
  { type: 'enrol', role: 'key-authority', key, address: '', device: undefined },
  { type: 'leave' },
  { type: 'formed', epoch: 3 as Epoch },
  { type: 'unformed', epoch: 3 as Epoch, missing: members },
  { type: 'ended', slot: 12 as Slot, missing: [] },
  { type: 'standing' }
]

describe('a word', () => {
  it.each(WORDS.map(word => [word.type, word] as const))('%s is read as it was written', (_, word) => {
    expect(decodeWord(encodeWord(word))).toEqual(word)
  })

  it.each(WORDS.filter(({ type }) => type !== 'message' && type !== 'relay').map(word => [word.type, word] as const))(
    '%s is refused where a byte is missing or one too many',
    (_, word) => {
      const bytes = encodeWord(word)
      for (const wrong of [bytes.subarray(0, -1), Uint8Array.of(...bytes, 0)])
        expect(() => decodeWord(wrong)).toThrow(MalformedMessageError)
    }
  )

  it('is refused where its kind is unknown, a flag is none, a list claims more than there is, or it is too long', () => {
    const device = encodeWord(WORDS[4] as Word)
    device[device.byteLength - 1] = 2
    const list = encodeWord({ type: 'ended', slot: 12 as Slot, missing: [] })
    list.fill(0xff, -4)
    for (const wrong of [Uint8Array.of(), Uint8Array.of(9), device, list, new Uint8Array(MAX_SCHEME_WORD + 1)])
      expect(() => decodeWord(wrong)).toThrow(MalformedMessageError)
    expect(decodeWord(new Uint8Array(MAX_SCHEME_WORD)).type).toBe('message')
  })
})

it('an answer is read as it was written, and nothing else', () => {
  for (const welcome of [
    { taken: true, notice: announcement },
    { taken: false, notice: undefined }
  ])
    expect(decodeWelcome(encodeWelcome(welcome))).toEqual(welcome)
  for (const formed of [true, false]) expect(decodeStanding(encodeStanding(formed))).toBe(formed)
  for (const wrong of [Uint8Array.of(), Uint8Array.of(2), Uint8Array.of(1, 0, 0)]) {
    expect(() => decodeWelcome(wrong)).toThrow(MalformedMessageError)
    expect(() => decodeStanding(wrong)).toThrow(MalformedMessageError)
  }
})
