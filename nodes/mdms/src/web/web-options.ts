// `--web` and its companions.
import { isIP } from 'node:net'
import { checkTls, type HostPort, type PageServerInit, parseHostPort } from '@hushgrid/http'
import { HushgridError, InvalidArgumentError } from '@hushgrid/primitives'
import { readTextFile } from '@hushgrid/runtime'

export interface WebOptions {
  readonly web?: HostPort
  /** Path of the certificate, in PEM. */
  readonly webCert?: string
  readonly webKey?: string
  /** IP addresses of customers' portals. */
  readonly webPortal?: readonly string[]
}

/** Settings that follow from these options. */
export type WebServed = Pick<PageServerInit, 'listen' | 'tls'> & { readonly portals?: readonly string[] }

/** Help for `--web`, `--web-cert` and `--web-key`. */
export const WEB_HELP = {
  web: "serve the supplier's page there, as 127.0.0.1:7481; any but an address of this machine only needs TLS",
  cert: 'certificate of the page’s server, with what leads to its authority, in PEM',
  key: 'its private key, in PEM',
  portal: "addresses of customers' portals on other machines, with commas between: sign-ins that fail there are limited there"
} as const

/** Reads `--web`. */
export function webAddress(text: string): HostPort {
  return parseHostPort('--web', text)
}

/** Reads `--web-portal`. */
export function portalAddresses(text: string): string[] {
  const addresses = text.split(',').map(each => each.trim())
  const wrong = addresses.find(address => isIP(address) === 0)
  if (wrong !== undefined)
    throw new InvalidArgumentError('--web-portal', 'IP addresses with commas between, as 192.0.2.7', JSON.stringify(wrong))
  return addresses
}

/**
 * Gives the settings that the page is served with.
 *
 * @returns undefined where it is not served
 * @throws HushgridError where something is missing, or the files are not what they should be; UnreadableFileError
 */
export function webServed({ web, webCert, webKey, webPortal }: WebOptions): WebServed | undefined {
  if ((webCert === undefined) !== (webKey === undefined))
    throw new HushgridError(`${webCert === undefined ? '--web-cert' : '--web-key'}: expected with the other of the two, got none`)
  if (!web) {
    if (webPortal !== undefined) throw new HushgridError('--web-portal: expected with --web, got it alone')
    if (webCert !== undefined) throw new HushgridError('--web-cert: expected with --web, got it alone')
    return undefined
  }
  const served = { listen: web, ...(webPortal && { portals: webPortal }) }
  if (webCert === undefined || webKey === undefined) return served
  const tls = { cert: readTextFile(webCert, 'a certificate'), key: readTextFile(webKey, 'a private key') }
  return { ...served, tls: checkTls(tls, '--web-cert, --web-key') }
}
