// Bytes for a reading, by who sends them.
import { measuredFigures } from '../../figures/cost-figure.ts'
import { bearerPhrase, bearersIn, bearerTitle, type CostColumn, costTable } from '../../tables/cost-table.ts'
import { slotBasis } from '../../values/basis.ts'
import { perReading, steadyCount } from '../../values/run-values.ts'
import type { Exhibit } from '../exhibit.ts'

const UNIT = 'B / reading'

export const bytes: Exhibit = {
  name: 'bytes',
  title: 'Bytes per reading',
  make: scene => {
    const bearers = bearersIn(scene)
    const measures = bearers.map(bearer => ({
      name: `bytes-${bearer}`,
      title: `bytes sent by ${bearerPhrase(bearer)} (B per reading)`,
      valueIn: (run: Parameters<typeof perReading>[0]) => perReading(run, bearer, 'sentBytes')
    }))
    const drawn = measuredFigures(scene, measures)
    const onWire = scene.runs.some(({ point }) => point.drive === 'live')
    const costs = bearers.flatMap((bearer): CostColumn[] => [
      { bearer, metric: 'sentBytes', title: `${bearerTitle(bearer)} sent`, unit: UNIT },
      { bearer, metric: 'receivedBytes', title: `${bearerTitle(bearer)} received`, unit: UNIT }
    ])
    const wire: readonly CostColumn[] = onWire ? [{ bearer: 'all', metric: 'sentWire', title: 'all on the wire', unit: UNIT }] : []
    return {
      figures: drawn.figures,
      tables: [costTable(drawn, { name: 'bytes', title: 'Bytes per reading', costs: [...costs, ...wire] })],
      caption:
        'Bytes of messages as the transport gets them (body, signature, addresses), over the readings in a slot’s total, once for each receiver; a run’s value is the median of its steady slots. Not in it: what TCP, Noise, yamux and gossip add, which live runs count as bytes on the wire.',
      remarks: [],
      basis: slotBasis(drawn.series, steadyCount)
    }
  }
}
