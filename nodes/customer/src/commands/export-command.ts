import { counted, HushgridError, type MeterId, utf8 } from '@hushgrid/primitives'
import { replaceSecret } from '@hushgrid/runtime'
import { measuredSlots } from '../device/reading-span.ts'
import { toCsv } from '../export/csv-export.ts'
import { toGreenButton } from '../export/green-button.ts'
import { checkTimeZone } from '../export/time-zone.ts'
import { atDevice } from './at-device.ts'

export interface ExportOptions {
  readonly csv?: boolean
  readonly greenButton?: boolean
  readonly out: string
  readonly period?: string
  readonly timeZone: string
  readonly dataDir: string
  readonly meterId?: MeterId
}

/** Runs `export`. */
export async function exportReadings({ csv, greenButton, out, period, timeZone, dataDir, meterId }: ExportOptions): Promise<void> {
  if ((csv === true) === (greenButton === true))
    throw new HushgridError(`expected either --csv or --green-button, got ${csv ? 'both' : 'neither'}`)
  const zone = checkTimeZone(timeZone)
  await atDevice(dataDir, device => {
    const meter = meterId ?? device.onlyMeter()
    const measured = measuredSlots(device.readings(meter, period === undefined ? undefined : { period, timeZone: zone }))
    const text = csv ? toCsv(measured, zone) : toGreenButton(measured, { meterId: meter, zone, now: Date.now() })
    replaceSecret(out, utf8(text))
    process.stdout.write(`${out}: ${counted(measured.slots.length, 'slot')}, ${measured.missing} missing and left out\n`)
  })
}
