import { InvalidArgumentError } from '@hushgrid/primitives'

/** Address that a server listens at. */
export interface HostPort {
  /** Host, an IP address or a name; IPv6 without brackets. */
  readonly host: string
  /** Port; 0 asks for a free one. */
  readonly port: number
}

/**
 * Reads `127.0.0.1:7480`, `[::1]:7480` or `localhost:0`.
 *
 * @param option - name of the option, for the error
 * @throws InvalidArgumentError
 */
export function parseHostPort(option: string, text: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([0-9A-Za-z](?:[0-9A-Za-z.-]{0,252})?)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined || port > 65_535)
    throw new InvalidArgumentError(option, 'an address and a port, as 127.0.0.1:7480 or [::1]:7480', JSON.stringify(text))
  return { host, port }
}

/** Tells whether only this machine reaches an address. */
export function isLoopback({ host }: Pick<HostPort, 'host'>): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

/** Writes a host as the host part of a URL. */
export function hostInUrl({ host }: Pick<HostPort, 'host'>): string {
  return host.includes(':') ? `[${host}]` : host
}
