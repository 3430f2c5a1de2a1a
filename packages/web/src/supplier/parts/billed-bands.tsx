// What the supplier knows of the parts of bills: prices, slots and standing charges, and no energy.
import type { BilledPrices } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { amountText, exactText } from '../../common/money.ts'
import { priceRows } from '../../common/price-rows.ts'
import { useDesk } from '../session/session.ts'
import { moment } from '../times.ts'
import { counted, laneName } from '../words.ts'
import { Table } from './parts.tsx'

/** Shows the bands that bills are made of, once for each tariff and period. */
export function BilledBands({ prices }: { readonly prices: readonly BilledPrices[] }): JSX.Element | null {
  if (prices.length === 0) return null
  return (
    <section class="bands">
      <h4>What these bills are made of</h4>
      <p>
        How much energy fell under each price, and what it cost, is not known here: a bill opens to its sum alone, and only the customer’s
        page can split it.
      </p>
      {prices.map(each => (
        <Bands key={`${each.tariff} ${each.from} ${each.until}`} prices={each} />
      ))}
    </section>
  )
}

function Bands({ prices: { tariff, from, until, money, fixed, bands } }: { readonly prices: BilledPrices }): JSX.Element {
  const { zone } = useDesk()
  const rows = priceRows(
    bands.map(band => ({ ...band, price: BigInt(band.price) })),
    money
  )
  const standing = BigInt(fixed)
  const only = new Set(bands.map(({ price }) => price)).size === 1
  return (
    <>
      <Table
        caption={`Prices of ${tariff}, ${moment(from, zone)} to ${moment(until, zone)}`}
        heads={['Band', 'Energy', '#Price', '#Slots']}
      >
        {rows.map(({ lane, band, price, slots }) => (
          <tr key={`${lane} ${band} ${price}`}>
            <th scope="row">{band}</th>
            <td>{laneName(lane)}</td>
            <td class="number">{price}</td>
            <td class="number">{slots.toLocaleString('en-GB')}</td>
          </tr>
        ))}
      </Table>
      <p>
        {standing === 0n
          ? 'There is no standing charge.'
          : `Standing charges of each bill: ${amountText(standing, money)}, exactly ${exactText(standing, money)}.`}{' '}
        {only
          ? `With ${counted(1, 'price')} the rest of a bill, divided by it, is what its household used in the whole period.`
          : 'A slot that a meter signed as a gap costs nothing.'}
      </p>
    </>
  )
}
