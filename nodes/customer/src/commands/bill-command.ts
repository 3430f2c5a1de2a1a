import { describeRows, describeUnit, formatAmount, roundAmount } from '@hushgrid/billing'
import type { MeterId } from '@hushgrid/primitives'
import { type BandsOptions, readTariffAndBands, replaceSecret } from '@hushgrid/runtime'
import { atDevice } from './at-device.ts'

export interface BillOptions extends BandsOptions {
  readonly tariff: string
  readonly period: string
  readonly out: string
  readonly dataDir: string
  readonly meterId?: MeterId
}

/** Runs `bill`. */
export async function bill(options: BillOptions): Promise<void> {
  const { period, out, dataDir, meterId } = options
  const { tariff, bands } = readTariffAndBands(options.tariff, options)
  await atDevice(dataDir, device => {
    const { bill: made, bytes, prices, gaps } = device.makeBill(meterId ?? device.onlyMeter(), period, tariff, bands)
    replaceSecret(out, bytes)
    const { minor, rule } = roundAmount(made.amount, tariff)
    const lines = [
      `bill of ${period}: ${formatAmount(minor, tariff)} (${made.amount} ${describeUnit(tariff)}, rounded ${rule})`,
      `slots ${prices.from} to ${prices.until - 1}, ${gaps} of them gaps, for which nothing is charged`,
      ...(bands ? [describeRows(tariff, bands, prices)] : []),
      `${out}: ${bytes.byteLength} bytes for the supplier, who learns the amount and the gaps from it`
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  })
}
