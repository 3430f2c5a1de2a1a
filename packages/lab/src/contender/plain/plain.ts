// The floor of a comparison: the same libp2p nodes over the same topics and streams, and no protection at all.
import { type Contender, RoleNeighbourhood, roleProcesses } from '../toolkit.ts'
import type { roles } from './roles.ts'

const processes = roleProcesses<typeof roles>(new URL('./roles.ts', import.meta.url).href, async ({ start, meters }) => {
  const { address } = await start('aggregator', {})
  await start('meter', { aggregator: address, ...meters })
})

export const plain: Contender = {
  facts: {
    name: 'plain',
    title: 'No protection',
    family: 'plain',
    roles: ['meter', 'aggregator'],
    masks: false,
    descriptors: { meters: 3, roles: 1 },
    missing: 'the aggregator adds up what has come by the deadline',
    strength: { cryptography: () => 'none on readings', ofEach: () => '–', weakest: () => 'none' },
    trust: {
      sees: 'the aggregator, every one',
      together: 'the aggregator alone',
      besides: 'whoever has the aggregator has the household: this is the floor of the comparison, not a proposal'
    },
    marks: [{ colour: '#000000', shape: 'circle', dash: [1, 0] }]
  },
  live: options => new RoleNeighbourhood(options, processes),
  processes
}
