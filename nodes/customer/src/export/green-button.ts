// Writes readings as Green Button data with the hash and the time zones of this machine.
import { formatLocal, InvalidArgumentError, type MeterId, sha256, utf8 } from '@hushgrid/primitives'
import { GreenButtonError, greenButton } from '@hushgrid/web-api'
import type { MeasuredSlots } from '../device/reading-span.ts'
import { TimeZoneError } from './time-zone.ts'

/** Facts of a file beside the readings: their meter, and the time of writing. */
export interface GreenButtonInit {
  readonly meterId: MeterId
  /** IANA time zone of the meter. */
  readonly zone: string
  /** Unix milliseconds; `updated` of all entries. */
  readonly now: number
}

/**
 * Writes readings as Green Button data to download.
 *
 * @throws InvalidArgumentError for a lane that the table of quantities does not have, or readings without a slot
 * @throws TimeZoneError
 */
export function toGreenButton(measured: MeasuredSlots, { meterId, zone, now }: GreenButtonInit): string {
  const local = (seconds: number): string => formatLocal(zone, seconds)
  try {
    const updated = new Date(now).toISOString()
    return greenButton(measured, { meterId, zone, local, updated, sha256: text => sha256(utf8(text)) })
  } catch (cause) {
    if (!(cause instanceof GreenButtonError)) throw cause
    if (cause.what === 'time zone') throw new TimeZoneError(cause.message)
    throw new InvalidArgumentError(cause.what, cause.expected, cause.got)
  }
}
