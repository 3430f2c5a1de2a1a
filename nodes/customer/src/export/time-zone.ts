import { HushgridError, timeZoneName } from '@hushgrid/primitives'

/** Reports a name that is no time zone, or a zone whose clock changes ESPI cannot express. */
export class TimeZoneError extends HushgridError {
  override name = 'TimeZoneError'
}

/** @throws TimeZoneError where the name is not in the IANA time zone database */
export function checkTimeZone(zone: string): string {
  const known = timeZoneName(zone)
  if (known === undefined) throw new TimeZoneError(`time zone: expected one such as Europe/London, got ${JSON.stringify(zone)}`)
  return known
}
