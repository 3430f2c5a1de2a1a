// Lines of the lab on what the registrar decides: households, never ids, and nothing on what is shown otherwise.
import type { RegistrarOutput } from '@hushgrid/dcnet'
import type { MeterId, Slot } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { conflictText, registrarText } from '../../src/contender/dcnet/registrar-text.ts'

const A = 'aa'.repeat(32) as MeterId
const B = 'bb'.repeat(32) as MeterId
const households = new Map([
  [A, 3],
  [B, 7]
])
const slot = 40 as Slot

it.each([
  [{ type: 'season', season: 1, firstSlot: slot, early: false, members: 10 }, 'season 1 begins with slot 40: 10 members'],
  [{ type: 'season', season: 1, firstSlot: slot, early: true, members: 10 }, 'season 1 begins early with slot 40: 10 members'],
  [{ type: 'season-put-off', season: 0, until: slot }, 'season 0 is put off until slot 40: too few members for the next'],
  [{ type: 'season-too-small', season: 1, members: 5, least: 7 }, 'season 1 cannot begin: 5 members are there for it, 7 are needed'],
  [{ type: 'barred', meterId: A, slot, until: slot, why: 'faults' }, 'meter 3 is left out until slot 40: it was at fault twice'],
  [
    { type: 'barred', meterId: A, slot, until: undefined, why: 'proven' },
    'meter 3 is left out until an operator lifts it: its own signed messages prove a fault'
  ],
  [{ type: 'cut', slot, owner: A, holder: B }, 'slot 40: meter 3 and meter 7 are cut, since one of them lies about their share'],
  [{ type: 'damped', slot, missing: 4, present: 10 }, 'slot 40: 4 of 10 are missing, so nobody is marked absent for it'],
  [{ type: 'admitted', meterId: A, waiting: 1 }, undefined]
] satisfies [RegistrarOutput, string | undefined][])('%o', (output, text) => {
  expect(registrarText(output, households)).toBe(text)
})

it('names the pair of a share without a tag', () => {
  const text = conflictText({ type: 'conflict', slot, owner: A, holder: B, bytes: new Uint8Array(0) }, households)
  expect(text).toBe('slot 40: the share of meter 7 lacks the tag of meter 3; one of them lies')
})
