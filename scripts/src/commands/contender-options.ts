// Options of commands that run one contender in a neighbourhood.
import { LAB_MODES, LAB_VARIANTS } from '@hushgrid/lab/options'
import { KEY_BITS } from '@hushgrid/paillier'
import { InvalidArgumentError } from '@hushgrid/primitives'
import { choiceOf } from '@hushgrid/runtime'
import type { Command } from 'commander'

/** Adds `--mode`, `--variant` and `--bits`. */
export function withContender(command: Command): Command {
  return command
    .option(
      '--mode <dcnet|pes>',
      'masks that cancel, or a concentrator and Paillier encryption (default: dcnet)',
      choiceOf('--mode', LAB_MODES)
    )
    .option(
      '--variant <reencrypt|direct>',
      'with --mode pes: the PES sees each reading for a moment, or meters encrypt for the supplier (default: reencrypt)',
      choiceOf('--variant', LAB_VARIANTS)
    )
    .option('--bits <2048|3072|4096>', 'with --mode pes: of the Paillier key (default: 2048)', bitsOf)
}

function bitsOf(text: string): number {
  const bits = Number(text)
  if (!KEY_BITS.includes(bits)) throw new InvalidArgumentError('--bits', `one of ${KEY_BITS.join(', ')}`, `'${text}'`)
  return bits
}
