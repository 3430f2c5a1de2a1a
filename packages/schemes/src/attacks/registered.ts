import type { Attack } from './attack.ts'
import { onBusom } from './busom.ts'
import { onErkinTsudikSpatial } from './erkin-tsudik-spatial.ts'
import { onGarciaJacobs } from './garcia-jacobs.ts'
import { onJoyeLibert } from './joye-libert.ts'
import { onKlenze } from './klenze.ts'
import { onLeontiadis } from './leontiadis.ts'
import { onMarmol } from './marmol.ts'
import { onShi } from './shi.ts'
import { onVetter } from './vetter.ts'

/** Attacks by the scheme that they break as it was published. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'garcia-jacobs': onGarciaJacobs,
  klenze: onKlenze,
  'erkin-tsudik-spatial': onErkinTsudikSpatial,
  busom: onBusom,
  shi: onShi,
  'joye-libert': onJoyeLibert,
  leontiadis: onLeontiadis,
  marmol: onMarmol,
  vetter: onVetter
}
