import { randomEdgeRelease } from './edge-release.ts'
import { testRandom } from './judged.ts'

testRandom('with edge release', 'edge-release', randomEdgeRelease)
