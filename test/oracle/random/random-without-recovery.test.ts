import { randomWithoutRecovery } from './edge-release.ts'
import { testRandom } from './judged.ts'

testRandom('without recovery', 'none', randomWithoutRecovery)
