import type { Attack } from './attack.ts'
import { onGarciaJacobs } from './garcia-jacobs.ts'
import { onJoyeLibert } from './joye-libert.ts'
import { onLeontiadis } from './leontiadis.ts'
import { onMarmol } from './marmol.ts'
import { onShi } from './shi.ts'
import { onVetter } from './vetter.ts'

/** Attacks by the scheme that they break as it was published. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'garcia-jacobs': onGarciaJacobs,
  shi: onShi,
  'joye-libert': onJoyeLibert,
  leontiadis: onLeontiadis,
  marmol: onMarmol,
  vetter: onVetter
}
