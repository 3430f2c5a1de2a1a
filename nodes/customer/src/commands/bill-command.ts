import { describeUnit, formatAmount, parseBands, roundAmount } from '@hushgrid/billing'
import type { MeterId } from '@hushgrid/primitives'
import { readTariff, readTextFile, replaceSecret } from '@hushgrid/runtime'
import { atDevice } from './at-device.ts'

export interface BillOptions {
  readonly tariff: string
  readonly bands?: string
  readonly period: string
  readonly out: string
  readonly dataDir: string
  readonly meterId?: MeterId
}

/** Runs `bill`. */
export async function bill({ tariff: file, bands, period, out, dataDir, meterId }: BillOptions): Promise<void> {
  const tariff = readTariff(file)
  const bandsText = bands === undefined ? undefined : readTextFile(bands, 'a file of bands')
  await atDevice(dataDir, device => {
    const bandsOf = bands === undefined ? undefined : (slotSeconds: number) => parseBands(bandsText ?? '', bands, slotSeconds)
    const { bill: made, bytes, prices, gaps } = device.makeBill(meterId ?? device.onlyMeter(), period, tariff, bandsOf)
    replaceSecret(out, bytes)
    const { minor, rule } = roundAmount(made.amount, tariff)
    const lines = [
      `bill of ${period}: ${formatAmount(minor, tariff)} (${made.amount} ${describeUnit(tariff)}, rounded ${rule})`,
      `slots ${prices.from} to ${prices.until - 1}, ${gaps} of them gaps, for which nothing is charged`,
      `${out}: ${bytes.byteLength} bytes for the supplier, who learns the amount and the gaps from it`
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  })
}
