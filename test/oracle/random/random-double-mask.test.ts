import { randomDoubleMask } from './double-mask.ts'
import { testRandom } from './judged.ts'

testRandom('with double mask', 'double-mask', randomDoubleMask)
