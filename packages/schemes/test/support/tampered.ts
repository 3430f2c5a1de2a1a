// A small group whose messages are changed on the way once its setup is over.
import type { MeterId } from '@hushgrid/primitives'
import type { Sent } from '../../src/lockstep.ts'
import type { Scheme } from '../../src/scheme.ts'
import { SmallGroup, type SmallGroupInit, type Tamper } from './small-group.ts'

/** Makes a group and lets what happens to messages of its slots be changed. */
export function tampered(scheme: Scheme, init: Omit<SmallGroupInit, 'tamper'>): { of: SmallGroup; tamper: (by: Tamper) => void } {
  let tamper: Tamper = message => [message]
  const of = new SmallGroup(scheme, { ...init, tamper: message => tamper(message) })
  return {
    of,
    tamper: by => {
      tamper = by
    }
  }
}

/** Changes the bodies of one sender in one round. */
export function changing(from: MeterId, round: number, change: (body: Uint8Array, to: Sent['to']) => Uint8Array): Tamper {
  return message => [message.from === from && message.round === round ? { ...message, body: change(message.body, message.to) } : message]
}

/** Drops the messages of which a test is true. */
export function dropping(which: (message: Sent) => boolean): Tamper {
  return message => (which(message) ? [] : [message])
}

/** Flips the lowest bit of a byte. */
export function flipped(body: Uint8Array, at: number): Uint8Array {
  const changed = body.slice()
  changed[at] = (changed[at] as number) ^ 1
  return changed
}
