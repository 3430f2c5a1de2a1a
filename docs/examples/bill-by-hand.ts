// A bill by hand: the meter seals a day of readings, the customer computes the bill, the supplier checks it.
import {
  decodeBill,
  describeUnit,
  encodeBill,
  formatAmount,
  makeBill,
  openBatch,
  parseTariff,
  roundAmount,
  sealBatch,
  verifyBill
} from '@hushgrid/billing'
import { IdentityKey, IMPORT_LANE, SeededRng, slot, systemRng } from '@hushgrid/primitives'

const HALF_HOUR = 1800
const from = slot(Date.UTC(2013, 1, 4) / 1000 / HALF_HOUR)
const tariff = parseTariff(
  'name: day-night\ncurrency: GBP\ntimeZone: Europe/London\nimport:\n  kind: time-of-use\n' +
    '  prices: { day: "20", night: "10" }\n  otherwise: day\n  rules:\n    - { band: night, hours: [00:00-07:00] }\n',
  'day-night.yaml'
)
const prices = tariff.prices({ from, until: slot(from + 48), slotSeconds: HALF_HOUR })

// The meter has an identity, which everybody knows, and a key that it shares with its customer only.
const meter = IdentityKey.generate(systemRng)
const key = systemRng.bytes(32)
const draw = new SeededRng('example')
const readings = Array.from({ length: 48 }, () => [BigInt(draw.below(600))])
const { batch } = sealBatch({ identity: meter, key, slotSeconds: HALF_HOUR, firstSlot: from, lanes: [IMPORT_LANE], readings })

// The customer opens the batch, which checks the meter's signature, and computes the bill with its opening.
const bytes = encodeBill(makeBill({ batches: [openBatch(batch, key)], prices }))

// The supplier has the bill, the meter's id and the prices; it sees no reading.
const { amount, gaps } = verifyBill(decodeBill(bytes), prices, meter.id)
console.log(`the bill of ${bytes.byteLength} bytes holds: ${formatAmount(roundAmount(amount, tariff).minor, tariff)}, ${gaps} gaps`)

// 20 and 10 pence a kWh are 2 and 1 hundredths of a penny a Wh; the night has 14 half-hours.
const byHand = readings.reduce((sum, [wh = 0n], i) => sum + wh * (i < 14 ? 1n : 2n), 0n)
console.log(`by hand ${byHand} ${describeUnit(tariff)}, ${amount === byHand ? 'the same' : 'which differs'}`)
