// Files made in the browser, so that nobody but the customer has their content.
import type { Consents, CustomerBills, SeenBySupplier } from '@hushgrid/web-api'
import { utcTime } from '../../common/local-time.ts'
import type { Span } from './energy.ts'

/** All data of a household. */
export interface Everything {
  readonly account: string
  readonly household: string
  readonly zone: string
  /** Time of making, UTC, ISO 8601. */
  readonly made: string
  readonly meters: readonly { readonly meterId: string; readonly spans: readonly Span[] }[]
  readonly bills: CustomerBills['bills']
  readonly seen: SeenBySupplier
  readonly consents: Consents['consents']
}

/** Writes all data as JSON; readings in Wh, null for a slot that the meter signed as a gap. */
export function toJson({ meters, ...rest }: Everything): string {
  const value = {
    format: 'hushgrid customer export',
    version: 1,
    ...rest,
    meters: meters.map(({ meterId, spans }) => ({
      meterId,
      readings: spans.map(({ slotSeconds, firstSlot, lanes, readings }) => ({
        from: utcTime(firstSlot * slotSeconds),
        slotSeconds,
        lanes,
        // Converts exactly, since readings are below 2^47 Wh.
        wattHours: readings.map(values => values?.map(Number) ?? null)
      }))
    }))
  }
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** Has the browser save a file. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // Waits, since the browser reads the URL only after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
