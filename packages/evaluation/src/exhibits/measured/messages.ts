// Messages for a reading, by who sends them.
import { measuredFigures } from '../../figures/cost-figure.ts'
import { bearerPhrase, bearersIn, bearerTitle, costTable } from '../../tables/cost-table.ts'
import { slotBasis } from '../../values/basis.ts'
import { perReading, steadyCount } from '../../values/run-values.ts'
import type { Exhibit } from '../exhibit.ts'

export const messages: Exhibit = {
  name: 'messages',
  title: 'Messages per reading',
  make: scene => {
    const bearers = bearersIn(scene)
    const measures = bearers.map(bearer => ({
      name: `messages-${bearer}`,
      title: `messages sent by ${bearerPhrase(bearer)} (per reading)`,
      valueIn: (run: Parameters<typeof perReading>[0]) => perReading(run, bearer, 'sentMessages')
    }))
    const drawn = measuredFigures(scene, measures)
    const costs = bearers.flatMap(bearer => [
      { bearer, metric: 'sentMessages' as const, title: `${bearerTitle(bearer)} sent`, unit: '/ reading' },
      { bearer, metric: 'receivedMessages' as const, title: `${bearerTitle(bearer)} received`, unit: '/ reading' }
    ])
    return {
      figures: drawn.figures,
      tables: [costTable(drawn, { name: 'messages', title: 'Messages per reading', costs })],
      caption:
        'Messages handed to the network, once for each receiver, over the readings in a slot’s total; a run’s value is the median of its steady slots. A message repeated because it was lost counts again.',
      remarks: [],
      basis: slotBasis(drawn.series, steadyCount)
    }
  }
}
