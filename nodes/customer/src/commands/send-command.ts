import { decodeBill } from '@hushgrid/billing'
import { bringBill, NetworkNode, presetNamed } from '@hushgrid/network'
import { HushgridError, IdentityKey, systemRng } from '@hushgrid/primitives'
import { readBinaryFile } from '@hushgrid/runtime'

export interface SendOptions {
  readonly bill: string
  readonly supplier: string
  readonly network: string
  readonly patience: number
}

/** Most bytes of a bill, which is some hundreds of kilobytes at most. */
const MOST_BYTES = 4_000_000

/** Runs `send`, under a node key made for it: the bill itself says whose it is. */
export async function send({ bill: file, supplier, network, patience }: SendOptions): Promise<void> {
  const bytes = readBinaryFile(file, 'a bill', MOST_BYTES)
  const { from, until } = decodeBill(bytes)
  const identity = IdentityKey.generate(systemRng)
  const node = await NetworkNode.start({ identity, network, listen: [], preset: presetNamed('field', network, 1) })
  try {
    const onFailure = (cause: unknown): void => {
      process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}; trying again\n`)
    }
    const within = AbortSignal.timeout(patience * 1000)
    await bringBill({ node, identity, network, address: supplier, onFailure }, bytes, within).catch(cause => {
      if (!within.aborted || cause instanceof HushgridError) throw cause
      throw new HushgridError(`--supplier ${supplier}: expected it to take the bill within ${patience} s, it did not`)
    })
    process.stdout.write(`the supplier has checked and taken the bill of slots ${from} to ${until - 1}\n`)
  } finally {
    await node.stop()
  }
}
