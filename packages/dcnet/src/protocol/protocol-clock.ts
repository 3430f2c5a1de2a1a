// A node's protocol clock: its own monotonic clock plus the last offset from the registrar's (PROTOCOL.md section 3).
//
// It is part of a role's machine, whose `now` is this clock: where an answer moves it, `clock-adjusted` says by how much,
// and the node's own clock follows. Four questions one after the other make an enquiry, of which the least round trip
// counts. A late answer is as good as none, so the sender of a question need not tell that it failed.
import {
  Drop,
  type Envelope,
  MessageType,
  sealEnvelope,
  TIME_NONCE_BYTES,
  TimeReply,
  TimeRequest,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  type Epoch,
  ed25519Verifier,
  equalBytes,
  type MeterId,
  type Millis,
  type Rng,
  type SigningKey,
  type Slot,
  slotTimes,
  type VerifierOf
} from '@hushgrid/primitives'

/** Questions of one enquiry. */
const QUESTIONS = 4
const HOUR = 3_600_000
/** Longest round trip that counts outside a lab, ms. */
const LONGEST_ROUND_TRIP = 2000

/**
 * Occasions on which a node asks the registrar for the time, beside a demand (PROTOCOL.md section 3): the start and a
 * random time in every hour, as outside a lab; the start alone, as in a lab; none where the nodes of a lab share one clock,
 * which is right from the start.
 */
export type AsksForTime = 'hourly' | 'at-start' | 'on-demand'

/** Answer that counts: how far the clock is off, and the time that question and answer took, ms. */
interface Sample {
  readonly by: number
  readonly roundTrip: number
}

/** Questions under way. */
interface Enquiry {
  /** Number of questions that were sent. */
  readonly asked: number
  /** Nonce of the last question, and the moment of its sending. */
  readonly nonce: Uint8Array
  readonly sentAt: Millis
  /** Answer with the least round trip so far. */
  readonly best: Sample | undefined
}

/** State of a protocol clock. */
export interface ProtocolClock {
  /** False until an answer has counted, except where clocks are shared. */
  known: boolean
  /** Moment of the last answer that counted. */
  answeredAt: Millis | undefined
  /** Moment of the next enquiry; undefined where none is planned. */
  nextAt: Millis | undefined
  /** True where something waits for an answer. */
  demanded: boolean
  enquiry: Enquiry | undefined
}

/** An answer counts: the clock is moved by so many milliseconds of protocol time, possibly none. */
export interface ClockAdjusted {
  readonly type: 'clock-adjusted'
  readonly by: number
  /** Round trip of the answer, ms: it is wrong by half of that at most. */
  readonly roundTrip: number
  /** True where the time was not known before. */
  readonly first: boolean
  /** True where the clock was off by more than u/2, which is shown. */
  readonly wasOff: boolean
}

export type ClockOutput =
  | ClockAdjusted
  /** Send to the registrar on the enrol stream at once, and feed the answer back in as a message. */
  | { readonly type: 'ask-time'; readonly bytes: Uint8Array }

/** One step of a machine, as its protocol clock sees it. */
export interface ClockContext {
  readonly state: {
    readonly clock: ProtocolClock
    readonly config: {
      readonly identity: SigningKey
      readonly networkId: Uint8Array
      readonly slotSeconds: number
      readonly registrarKey: MeterId
      readonly asks: AsksForTime
      readonly rng: Rng
      readonly verifier?: VerifierOf | undefined
    }
  }
  readonly now: Millis
  readonly out: { push(output: ClockOutput): unknown }
}

/** Makes the clock of a node that starts. */
export function protocolClock(asks: AsksForTime, now: Millis): ProtocolClock {
  const shared = asks === 'on-demand'
  return { known: shared, answeredAt: undefined, nextAt: shared ? undefined : now, demanded: false, enquiry: undefined }
}

/** Gives the moment of the next tick that the clock wants. */
export function clockWakeAt(state: ClockContext['state']): Millis | undefined {
  const { enquiry, nextAt } = state.clock
  return enquiry ? ((enquiry.sentAt + Math.floor(longestRoundTrip(state)) + 1) as Millis) : nextAt
}

/** Tells whether the last answer is younger than so many milliseconds, so that it serves. */
export function isFresh({ answeredAt }: ProtocolClock, maxAge: number, now: Millis): boolean {
  return answeredAt !== undefined && now >= answeredAt && now - answeredAt < maxAge
}

/** Asks for the time at once, unless an enquiry is under way, and again until an answer counts. */
export function demandTime(context: ClockContext): void {
  const { clock } = context.state
  clock.demanded = true
  if (!clock.enquiry) ask(context, 1, undefined)
}

/** Begins an enquiry that is due; goes on with one whose last question was not answered in time. */
export function askTimeIfDue(context: ClockContext): void {
  const { state, now } = context
  const { enquiry, nextAt } = state.clock
  if (!enquiry) {
    if (nextAt !== undefined && now >= nextAt) ask(context, 1, undefined)
    // A moment of sending that is yet to come shows that the clock was set back.
  } else if (now < enquiry.sentAt || now - enquiry.sentAt > longestRoundTrip(state)) goOn(context, enquiry, enquiry.best)
}

/**
 * Takes in a TimeReply. A nonce counts once, and only the last question's.
 *
 * @throws Drop
 */
export function receiveTime(context: ClockContext, envelope: Envelope): void {
  const { state, now } = context
  const { registrarKey, networkId, verifier } = state.config
  if (envelope.sender !== registrarKey) throw new Drop('unknown-sender')
  const { nonce, unixMillis } = TimeReply.decode(envelope.payload)
  const { enquiry } = state.clock
  if (!enquiry || !equalBytes(nonce, enquiry.nonce)) throw new Drop('duplicate', 'expected the nonce of the last question')
  if (!verifyEnvelope(envelope, (verifier ?? ed25519Verifier)(registrarKey), networkId)) throw new Drop('bad-signature')
  const roundTrip = now - enquiry.sentAt
  const counts = roundTrip >= 0 && roundTrip <= longestRoundTrip(state)
  const isBest = counts && (!enquiry.best || roundTrip < enquiry.best.roundTrip)
  goOn(context, enquiry, isBest ? { by: Math.round(unixMillis - (enquiry.sentAt + now) / 2), roundTrip } : enquiry.best)
}

/** Gives the time by the clock as a step's outputs leave it. */
export function adjustedNow(outputs: readonly { readonly type: string }[], now: Millis): Millis {
  const adjusted = outputs.find((output): output is ClockAdjusted => output.type === 'clock-adjusted')
  return adjusted ? ((now + adjusted.by) as Millis) : now
}

/** Sends the next question; ends the enquiry after the last. */
function goOn(context: ClockContext, { asked }: Enquiry, best: Sample | undefined): void {
  if (asked < QUESTIONS) ask(context, asked + 1, best)
  else conclude(context, best)
}

function ask({ state, now, out }: ClockContext, asked: number, best: Sample | undefined): void {
  const { identity, networkId, rng } = state.config
  const nonce = rng.bytes(TIME_NONCE_BYTES)
  state.clock.enquiry = { asked, nonce, sentAt: now, best }
  // The asker may not know the slot; the nonce makes the answer fresh.
  const bytes = sealEnvelope(identity, MessageType.TimeRequest, networkId, 0 as Epoch, 0 as Slot, TimeRequest.encode({ nonce }))
  out.push({ type: 'ask-time', bytes })
}

/** Moves the clock by the best answer; without one the last offset stays. */
function conclude({ state, now, out }: ClockContext, best: Sample | undefined): void {
  const { clock } = state
  clock.enquiry = undefined
  if (!best) {
    clock.nextAt = clock.known && !clock.demanded ? nextHourly(state, now) : soon(state, now)
    return
  }
  const { by, roundTrip } = best
  const first = !clock.known
  clock.known = true
  clock.demanded = false
  clock.answeredAt = (now + by) as Millis
  clock.nextAt = nextHourly(state, clock.answeredAt)
  out.push({ type: 'clock-adjusted', by, roundTrip, first, wasOff: Math.abs(by) > unitOf(state) / 2 })
}

/** Draws a moment in the hour after this one; undefined where no hourly enquiry is made. */
function nextHourly({ config }: ClockContext['state'], now: Millis): Millis | undefined {
  if (config.asks !== 'hourly') return undefined
  const hour = (Math.floor(now / HOUR) + 1) * HOUR
  return Math.floor(hour + uniform(config.rng) * HOUR) as Millis
}

/** Draws a pause from u/4 to u/2, so that nodes that found the registrar away do not come back all at once. */
function soon(state: ClockContext['state'], now: Millis): Millis {
  return Math.ceil(now + ((1 + uniform(state.config.rng)) * unitOf(state)) / 4) as Millis
}

function uniform(rng: Rng): number {
  const bytes = rng.bytes(4)
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) / 2 ** 32
}

function unitOf({ config }: ClockContext['state']): number {
  return slotTimes(0 as Slot, config.slotSeconds).unit
}

/** Gives the longest round trip that counts, ms. */
function longestRoundTrip(state: ClockContext['state']): number {
  const quarter = unitOf(state) / 4
  return state.config.asks === 'hourly' ? Math.min(quarter, LONGEST_ROUND_TRIP) : quarter
}
