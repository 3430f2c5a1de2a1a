// Five households, what each sends to the aggregator, and the total that comes of it. No sockets, no waiting.
import { decodeEnvelope, MessageType, SubmissionPayload } from '@hushgrid/messages'
import { IMPORT_LANE, lanesFromExactBytes, readingLanes, signedLanes, unsignedLanes } from '@hushgrid/primitives'
import { simulate } from '@hushgrid/simulator'

/** Wh that each household drew in the one slot of this run. */
const READINGS = [120, 0, 845, 73, 1200]

simulate(
  { members: 5, minMembers: 5, seed: 'example', lanes: [IMPORT_LANE], readings: meter => readingLanes([READINGS[meter] ?? 0]) },
  [],
  {
    slots: 1,
    prepare: neighbourhood => {
      neighbourhood.network.onSent = ({ bytes, channel, to }) => {
        if (channel !== 'readings' || to !== neighbourhood.aggregator) return
        const { type, sender, payload } = decodeEnvelope(bytes)
        if (type !== MessageType.Submission) return
        const meter = neighbourhood.meterOf(sender) ?? 0
        const [masked] = unsignedLanes(lanesFromExactBytes(SubmissionPayload.decode(payload).lanes, 1))
        console.log(`meter ${meter} read ${String(READINGS[meter]).padStart(4)} Wh and sends ${masked}`)
      }
      neighbourhood.aggregatorNode.observe = output => {
        if (output.type === 'total') console.log(`total of ${output.contributors} meters: ${signedLanes(output.lanes)[0]} Wh`)
      }
    }
  }
)
console.log(`true sum: ${READINGS.reduce((sum, reading) => sum + reading, 0)} Wh`)
