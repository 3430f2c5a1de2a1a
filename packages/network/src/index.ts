/**
 * The machines of the protocols on libp2p: sockets, timers and real clocks, and nothing of what the protocols say. A
 * `NetworkNode` has the topics and streams, a service drives one machine on it, and conversations with the registrar or
 * the concentrator are carried here, word for word as the protocols' packages have them.
 *
 * @example
 * ```ts
 * import { NetworkNode, presetNamed, RegistrarService, SystemClock } from '@hushgrid/network'
 * import type { RegistrarConfig, RegistrarRecord } from '@hushgrid/dcnet'
 * import { IdentityKey, systemRng } from '@hushgrid/primitives'
 *
 * const identity = IdentityKey.generate(systemRng)
 * const preset = presetNamed('lab', 'elm-street', 50)
 * const node = await NetworkNode.start({ identity, network: 'elm-street', listen: ['/ip4/127.0.0.1/tcp/0'], preset })
 * declare const config: RegistrarConfig
 * declare const store: { records: RegistrarRecord[]; append(record: RegistrarRecord): void }
 * const registrar = new RegistrarService({
 *   node, config, clock: new SystemClock(), journal: store.records, append: record => store.append(record), fail: console.error
 * })
 * await registrar.start()
 * console.log(node.addresses[0]) // where meters and the aggregator find it
 * ```
 *
 * @packageDocumentation
 */

export { AggregatorService } from './dcnet/aggregator.ts'
export { MeterService, type ReadingSource } from './dcnet/meter.ts'
export { RegistrarService } from './dcnet/registrar.ts'
export { type FollowedResult, ResultFollower } from './dcnet/result-follower.ts'
export type { GuestPolicy } from './gate/gate.ts'
export { HomeClient, HomeRefusedError } from './home/client.ts'
export { HomeService } from './home/service.ts'
export { idInAddress, nodeAddress, nodeKey, nodeKeys, withoutPeerId, withPeerId } from './libp2p/addresses.ts'
export { peerOf, protocolName, topicName } from './libp2p/names.ts'
export { NetworkNode } from './libp2p/node.ts'
export { labPreset, type NetworkPreset, presetNamed } from './libp2p/presets.ts'
export { untilDone } from './libp2p/retry.ts'
export { TRAFFIC_CHANNEL, type Traffic } from './libp2p/traffic.ts'
export { ConcentratorService, requestSetup } from './pes/concentrator.ts'
export { PesMeterService } from './pes/meter.ts'
export { PesService } from './pes/service.ts'
export { SchemeRegistrarService } from './schemes/registrar.ts'
export { SchemeService } from './schemes/service.ts'
export { AdjustableClock, type ClockAnchor, LabClock, realNow, type SchedulingClock, SystemClock, shownAt } from './service/clock.ts'
export { askingNetworkLayer, networkLayer, type RoleNodeInit, stopRole } from './service/role-node.ts'
export { bringBill, DeliveryRefusedError, deliverBatch, type SupplierContact } from './supplier/client.ts'
export { SupplierService } from './supplier/service.ts'
