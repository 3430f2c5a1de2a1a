import type { PasswordScheme } from '@hushgrid/web-api'
import { atDevice } from './at-device.ts'
import { schemeNamed } from './pair-command.ts'

export interface PasswordOptions {
  readonly dataDir: string
  readonly scheme?: PasswordScheme['scheme']
}

/** Runs `password`. */
export async function password({ dataDir, scheme }: PasswordOptions): Promise<void> {
  await atDevice(dataDir, async (device, _, passwords) => {
    await device.changePassword(await passwords.readNew(device.account), schemeNamed(scheme))
    process.stdout.write(`account ${device.account}: password changed\n`)
  })
}
