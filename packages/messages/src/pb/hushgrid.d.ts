import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export declare enum MessageType {
    Unspecified = "Unspecified",
    EnrolRequest = "EnrolRequest",
    EnrolReply = "EnrolReply",
    JoinRequest = "JoinRequest",
    JoinReply = "JoinReply",
    Roster = "Roster",
    Submission = "Submission",
    SlotTotal = "SlotTotal",
    SlotLost = "SlotLost",
    Missing = "Missing",
    RecoveryRequest = "RecoveryRequest",
    MaskRelease = "MaskRelease",
    Dispute = "Dispute",
    Refusal = "Refusal",
    MaskRequest = "MaskRequest",
    ShareRequest = "ShareRequest",
    ShareRelease = "ShareRelease",
    RosterRequest = "RosterRequest",
    AggregatorRequest = "AggregatorRequest",
    RosterDelta = "RosterDelta",
    PresenceRequest = "PresenceRequest",
    PresenceReply = "PresenceReply",
    LeaveRequest = "LeaveRequest",
    PesSetupRequest = "PesSetupRequest",
    PesSetup = "PesSetup",
    PaillierKey = "PaillierKey",
    PesJoin = "PesJoin",
    PesJoinReply = "PesJoinReply",
    PesLeave = "PesLeave",
    PesReading = "PesReading",
    PesBatch = "PesBatch",
    PesBatchReply = "PesBatchReply",
    PesAggregate = "PesAggregate",
    PeriodAggregate = "PeriodAggregate",
    ReadingDelivery = "ReadingDelivery",
    BillDelivery = "BillDelivery",
    TimeRequest = "TimeRequest",
    TimeReply = "TimeReply",
    MaskWord = "MaskWord",
    EdgeRequest = "EdgeRequest",
    EdgeOpening = "EdgeOpening",
    Conflict = "Conflict"
}
export declare namespace MessageType {
    const codec: () => Codec<MessageType>;
}
export interface Envelope {
    sender: Uint8Array<ArrayBuffer>;
    type: MessageType;
    epoch: number;
    slot: number;
    payload: Uint8Array<ArrayBuffer>;
    signature: Uint8Array<ArrayBuffer>;
}
export declare namespace Envelope {
    const codec: () => Codec<Envelope>;
    interface EnvelopeSenderFieldEvent {
        field: '$.sender';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EnvelopeTypeFieldEvent {
        field: '$.type';
        value: MessageType;
    }
    interface EnvelopeEpochFieldEvent {
        field: '$.epoch';
        value: number;
    }
    interface EnvelopeSlotFieldEvent {
        field: '$.slot';
        value: number;
    }
    interface EnvelopePayloadFieldEvent {
        field: '$.payload';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EnvelopeSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<Envelope>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Envelope>): Envelope;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Envelope>): Generator<EnvelopeSenderFieldEvent | EnvelopeTypeFieldEvent | EnvelopeEpochFieldEvent | EnvelopeSlotFieldEvent | EnvelopePayloadFieldEvent | EnvelopeSignatureFieldEvent>;
}
export interface EnrolRequest {
    blindingKey: Uint8Array<ArrayBuffer>;
    season: number;
    lanes: Uint8Array<ArrayBuffer>;
}
export declare namespace EnrolRequest {
    const codec: () => Codec<EnrolRequest>;
    interface EnrolRequestBlindingKeyFieldEvent {
        field: '$.blindingKey';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EnrolRequestSeasonFieldEvent {
        field: '$.season';
        value: number;
    }
    interface EnrolRequestLanesFieldEvent {
        field: '$.lanes';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<EnrolRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EnrolRequest>): EnrolRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EnrolRequest>): Generator<EnrolRequestBlindingKeyFieldEvent | EnrolRequestSeasonFieldEvent | EnrolRequestLanesFieldEvent>;
}
export interface EnrolReply {
    credential: Uint8Array<ArrayBuffer>;
    refused: string;
    aggregator: string;
    season: number;
}
export declare namespace EnrolReply {
    const codec: () => Codec<EnrolReply>;
    interface EnrolReplyCredentialFieldEvent {
        field: '$.credential';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EnrolReplyRefusedFieldEvent {
        field: '$.refused';
        value: string;
    }
    interface EnrolReplyAggregatorFieldEvent {
        field: '$.aggregator';
        value: string;
    }
    interface EnrolReplySeasonFieldEvent {
        field: '$.season';
        value: number;
    }
    function encode(obj: Partial<EnrolReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EnrolReply>): EnrolReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EnrolReply>): Generator<EnrolReplyCredentialFieldEvent | EnrolReplyRefusedFieldEvent | EnrolReplyAggregatorFieldEvent | EnrolReplySeasonFieldEvent>;
}
export interface JoinRequest {
    addresses: string[];
    unixMillis: number;
}
export declare namespace JoinRequest {
    const codec: () => Codec<JoinRequest>;
    interface JoinRequestAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: string;
    }
    interface JoinRequestUnixMillisFieldEvent {
        field: '$.unixMillis';
        value: number;
    }
    function encode(obj: Partial<JoinRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinRequest>): JoinRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinRequest>): Generator<JoinRequestAddressesFieldEvent | JoinRequestUnixMillisFieldEvent>;
}
export interface JoinReply {
    refused: string;
    roster: Uint8Array<ArrayBuffer>;
    witnessed: Uint8Array<ArrayBuffer>;
}
export declare namespace JoinReply {
    const codec: () => Codec<JoinReply>;
    interface JoinReplyRefusedFieldEvent {
        field: '$.refused';
        value: string;
    }
    interface JoinReplyRosterFieldEvent {
        field: '$.roster';
        value: Uint8Array<ArrayBuffer>;
    }
    interface JoinReplyWitnessedFieldEvent {
        field: '$.witnessed';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<JoinReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinReply>): JoinReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinReply>): Generator<JoinReplyRefusedFieldEvent | JoinReplyRosterFieldEvent | JoinReplyWitnessedFieldEvent>;
}
export interface TimeRequest {
    nonce: Uint8Array<ArrayBuffer>;
}
export declare namespace TimeRequest {
    const codec: () => Codec<TimeRequest>;
    interface TimeRequestNonceFieldEvent {
        field: '$.nonce';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<TimeRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TimeRequest>): TimeRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TimeRequest>): Generator<TimeRequestNonceFieldEvent>;
}
export interface TimeReply {
    nonce: Uint8Array<ArrayBuffer>;
    unixMillis: number;
}
export declare namespace TimeReply {
    const codec: () => Codec<TimeReply>;
    interface TimeReplyNonceFieldEvent {
        field: '$.nonce';
        value: Uint8Array<ArrayBuffer>;
    }
    interface TimeReplyUnixMillisFieldEvent {
        field: '$.unixMillis';
        value: number;
    }
    function encode(obj: Partial<TimeReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TimeReply>): TimeReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TimeReply>): Generator<TimeReplyNonceFieldEvent | TimeReplyUnixMillisFieldEvent>;
}
export interface LeaveRequest {
    unixMillis: number;
}
export declare namespace LeaveRequest {
    const codec: () => Codec<LeaveRequest>;
    interface LeaveRequestUnixMillisFieldEvent {
        field: '$.unixMillis';
        value: number;
    }
    function encode(obj: Partial<LeaveRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaveRequest>): LeaveRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaveRequest>): Generator<LeaveRequestUnixMillisFieldEvent>;
}
export interface PresenceRequest {
}
export declare namespace PresenceRequest {
    const codec: () => Codec<PresenceRequest>;
    function encode(obj: Partial<PresenceRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PresenceRequest>): PresenceRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PresenceRequest>): Generator<{}>;
}
export interface PresenceReply {
}
export declare namespace PresenceReply {
    const codec: () => Codec<PresenceReply>;
    function encode(obj: Partial<PresenceReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PresenceReply>): PresenceReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PresenceReply>): Generator<{}>;
}
export interface AggregatorRequest {
    addresses: string[];
}
export declare namespace AggregatorRequest {
    const codec: () => Codec<AggregatorRequest>;
    interface AggregatorRequestAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: string;
    }
    function encode(obj: Partial<AggregatorRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AggregatorRequest>): AggregatorRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AggregatorRequest>): Generator<AggregatorRequestAddressesFieldEvent>;
}
export interface RosterRequest {
    latest: boolean;
    epoch: number;
}
export declare namespace RosterRequest {
    const codec: () => Codec<RosterRequest>;
    interface RosterRequestLatestFieldEvent {
        field: '$.latest';
        value: boolean;
    }
    interface RosterRequestEpochFieldEvent {
        field: '$.epoch';
        value: number;
    }
    function encode(obj: Partial<RosterRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterRequest>): RosterRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterRequest>): Generator<RosterRequestLatestFieldEvent | RosterRequestEpochFieldEvent>;
}
export interface RosterPayload {
    roster: Uint8Array<ArrayBuffer>;
    signature: Uint8Array<ArrayBuffer>;
    credentials: Uint8Array<ArrayBuffer>[];
    addresses: string[];
    aggregatorAddress: string;
    leaves: Uint8Array<ArrayBuffer>[];
    proofs: Uint8Array<ArrayBuffer>[];
}
export declare namespace RosterPayload {
    const codec: () => Codec<RosterPayload>;
    interface RosterPayloadRosterFieldEvent {
        field: '$.roster';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RosterPayloadSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RosterPayloadCredentialsFieldEvent {
        field: '$.credentials[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface RosterPayloadAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: string;
    }
    interface RosterPayloadAggregatorAddressFieldEvent {
        field: '$.aggregatorAddress';
        value: string;
    }
    interface RosterPayloadLeavesFieldEvent {
        field: '$.leaves[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface RosterPayloadProofsFieldEvent {
        field: '$.proofs[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<RosterPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterPayload>): RosterPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterPayload>): Generator<RosterPayloadRosterFieldEvent | RosterPayloadSignatureFieldEvent | RosterPayloadCredentialsFieldEvent | RosterPayloadAddressesFieldEvent | RosterPayloadAggregatorAddressFieldEvent | RosterPayloadLeavesFieldEvent | RosterPayloadProofsFieldEvent>;
}
export interface RosterDeltaPayload {
    signature: Uint8Array<ArrayBuffer>;
    joined: JoinedMember[];
    left: number[];
    absent: number[];
    present: number[];
    renewed: RenewedCredential[];
    moved: MovedMember[];
    degree: number;
    aggregatorAddress: string;
    cuts: Uint8Array<ArrayBuffer>[];
    seasonEndSlot: number;
    leaves: Uint8Array<ArrayBuffer>[];
    proofs: Uint8Array<ArrayBuffer>[];
}
export declare namespace RosterDeltaPayload {
    const codec: () => Codec<RosterDeltaPayload>;
    interface RosterDeltaPayloadSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RosterDeltaPayloadJoinedEntryFieldEvent {
        field: '$.joined[].entry';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface RosterDeltaPayloadJoinedCredentialFieldEvent {
        field: '$.joined[].credential';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface RosterDeltaPayloadJoinedAddressFieldEvent {
        field: '$.joined[].address';
        value: string;
        index: number;
    }
    interface RosterDeltaPayloadLeftFieldEvent {
        field: '$.left[]';
        index: number;
        value: number;
    }
    interface RosterDeltaPayloadAbsentFieldEvent {
        field: '$.absent[]';
        index: number;
        value: number;
    }
    interface RosterDeltaPayloadPresentFieldEvent {
        field: '$.present[]';
        index: number;
        value: number;
    }
    interface RosterDeltaPayloadRenewedPositionFieldEvent {
        field: '$.renewed[].position';
        value: number;
        index: number;
    }
    interface RosterDeltaPayloadRenewedCredentialFieldEvent {
        field: '$.renewed[].credential';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface RosterDeltaPayloadMovedPositionFieldEvent {
        field: '$.moved[].position';
        value: number;
        index: number;
    }
    interface RosterDeltaPayloadMovedAddressFieldEvent {
        field: '$.moved[].address';
        value: string;
        index: number;
    }
    interface RosterDeltaPayloadDegreeFieldEvent {
        field: '$.degree';
        value: number;
    }
    interface RosterDeltaPayloadAggregatorAddressFieldEvent {
        field: '$.aggregatorAddress';
        value: string;
    }
    interface RosterDeltaPayloadCutsFieldEvent {
        field: '$.cuts[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface RosterDeltaPayloadSeasonEndSlotFieldEvent {
        field: '$.seasonEndSlot';
        value: number;
    }
    interface RosterDeltaPayloadLeavesFieldEvent {
        field: '$.leaves[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface RosterDeltaPayloadProofsFieldEvent {
        field: '$.proofs[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<RosterDeltaPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterDeltaPayload>): RosterDeltaPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterDeltaPayload>): Generator<RosterDeltaPayloadSignatureFieldEvent | RosterDeltaPayloadJoinedEntryFieldEvent | RosterDeltaPayloadJoinedCredentialFieldEvent | RosterDeltaPayloadJoinedAddressFieldEvent | RosterDeltaPayloadLeftFieldEvent | RosterDeltaPayloadAbsentFieldEvent | RosterDeltaPayloadPresentFieldEvent | RosterDeltaPayloadRenewedPositionFieldEvent | RosterDeltaPayloadRenewedCredentialFieldEvent | RosterDeltaPayloadMovedPositionFieldEvent | RosterDeltaPayloadMovedAddressFieldEvent | RosterDeltaPayloadDegreeFieldEvent | RosterDeltaPayloadAggregatorAddressFieldEvent | RosterDeltaPayloadCutsFieldEvent | RosterDeltaPayloadSeasonEndSlotFieldEvent | RosterDeltaPayloadLeavesFieldEvent | RosterDeltaPayloadProofsFieldEvent>;
}
export interface JoinedMember {
    entry: Uint8Array<ArrayBuffer>;
    credential: Uint8Array<ArrayBuffer>;
    address: string;
}
export declare namespace JoinedMember {
    const codec: () => Codec<JoinedMember>;
    interface JoinedMemberEntryFieldEvent {
        field: '$.entry';
        value: Uint8Array<ArrayBuffer>;
    }
    interface JoinedMemberCredentialFieldEvent {
        field: '$.credential';
        value: Uint8Array<ArrayBuffer>;
    }
    interface JoinedMemberAddressFieldEvent {
        field: '$.address';
        value: string;
    }
    function encode(obj: Partial<JoinedMember>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinedMember>): JoinedMember;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinedMember>): Generator<JoinedMemberEntryFieldEvent | JoinedMemberCredentialFieldEvent | JoinedMemberAddressFieldEvent>;
}
export interface RenewedCredential {
    position: number;
    credential: Uint8Array<ArrayBuffer>;
}
export declare namespace RenewedCredential {
    const codec: () => Codec<RenewedCredential>;
    interface RenewedCredentialPositionFieldEvent {
        field: '$.position';
        value: number;
    }
    interface RenewedCredentialCredentialFieldEvent {
        field: '$.credential';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<RenewedCredential>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RenewedCredential>): RenewedCredential;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RenewedCredential>): Generator<RenewedCredentialPositionFieldEvent | RenewedCredentialCredentialFieldEvent>;
}
export interface MovedMember {
    position: number;
    address: string;
}
export declare namespace MovedMember {
    const codec: () => Codec<MovedMember>;
    interface MovedMemberPositionFieldEvent {
        field: '$.position';
        value: number;
    }
    interface MovedMemberAddressFieldEvent {
        field: '$.address';
        value: string;
    }
    function encode(obj: Partial<MovedMember>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MovedMember>): MovedMember;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MovedMember>): Generator<MovedMemberPositionFieldEvent | MovedMemberAddressFieldEvent>;
}
export interface SubmissionPayload {
    lanes: Uint8Array<ArrayBuffer>;
    corrections: Uint8Array<ArrayBuffer>;
    check: Uint8Array<ArrayBuffer>;
    tags: Uint8Array<ArrayBuffer>;
}
export declare namespace SubmissionPayload {
    const codec: () => Codec<SubmissionPayload>;
    interface SubmissionPayloadLanesFieldEvent {
        field: '$.lanes';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SubmissionPayloadCorrectionsFieldEvent {
        field: '$.corrections';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SubmissionPayloadCheckFieldEvent {
        field: '$.check';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SubmissionPayloadTagsFieldEvent {
        field: '$.tags';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<SubmissionPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SubmissionPayload>): SubmissionPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SubmissionPayload>): Generator<SubmissionPayloadLanesFieldEvent | SubmissionPayloadCorrectionsFieldEvent | SubmissionPayloadCheckFieldEvent | SubmissionPayloadTagsFieldEvent>;
}
export interface SlotTotalPayload {
    contributors: Uint8Array<ArrayBuffer>;
    lanes: Uint8Array<ArrayBuffer>;
    transcriptHash: Uint8Array<ArrayBuffer>;
}
export declare namespace SlotTotalPayload {
    const codec: () => Codec<SlotTotalPayload>;
    interface SlotTotalPayloadContributorsFieldEvent {
        field: '$.contributors';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SlotTotalPayloadLanesFieldEvent {
        field: '$.lanes';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SlotTotalPayloadTranscriptHashFieldEvent {
        field: '$.transcriptHash';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<SlotTotalPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SlotTotalPayload>): SlotTotalPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SlotTotalPayload>): Generator<SlotTotalPayloadContributorsFieldEvent | SlotTotalPayloadLanesFieldEvent | SlotTotalPayloadTranscriptHashFieldEvent>;
}
export declare enum LossReason {
    NotSaid = "NotSaid",
    MembersMissing = "MembersMissing",
    Disputed = "Disputed",
    Unanswered = "Unanswered",
    Refused = "Refused",
    UnfittingShares = "UnfittingShares",
    Implausible = "Implausible",
    Away = "Away"
}
export declare namespace LossReason {
    const codec: () => Codec<LossReason>;
}
export interface SlotLostPayload {
    reason: LossReason;
    members: Uint8Array<ArrayBuffer>;
}
export declare namespace SlotLostPayload {
    const codec: () => Codec<SlotLostPayload>;
    interface SlotLostPayloadReasonFieldEvent {
        field: '$.reason';
        value: LossReason;
    }
    interface SlotLostPayloadMembersFieldEvent {
        field: '$.members';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<SlotLostPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SlotLostPayload>): SlotLostPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SlotLostPayload>): Generator<SlotLostPayloadReasonFieldEvent | SlotLostPayloadMembersFieldEvent>;
}
export interface MissingPayload {
    members: Uint8Array<ArrayBuffer>;
}
export declare namespace MissingPayload {
    const codec: () => Codec<MissingPayload>;
    interface MissingPayloadMembersFieldEvent {
        field: '$.members';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<MissingPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MissingPayload>): MissingPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MissingPayload>): Generator<MissingPayloadMembersFieldEvent>;
}
export interface RecoveryRequestPayload {
    members: Uint8Array<ArrayBuffer>;
}
export declare namespace RecoveryRequestPayload {
    const codec: () => Codec<RecoveryRequestPayload>;
    interface RecoveryRequestPayloadMembersFieldEvent {
        field: '$.members';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<RecoveryRequestPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RecoveryRequestPayload>): RecoveryRequestPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RecoveryRequestPayload>): Generator<RecoveryRequestPayloadMembersFieldEvent>;
}
export interface MaskReleasePayload {
    requestHash: Uint8Array<ArrayBuffer>;
    lanes: Uint8Array<ArrayBuffer>;
}
export declare namespace MaskReleasePayload {
    const codec: () => Codec<MaskReleasePayload>;
    interface MaskReleasePayloadRequestHashFieldEvent {
        field: '$.requestHash';
        value: Uint8Array<ArrayBuffer>;
    }
    interface MaskReleasePayloadLanesFieldEvent {
        field: '$.lanes';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<MaskReleasePayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MaskReleasePayload>): MaskReleasePayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MaskReleasePayload>): Generator<MaskReleasePayloadRequestHashFieldEvent | MaskReleasePayloadLanesFieldEvent>;
}
export interface MaskRequestPayload {
    round: number;
    members: Uint8Array<ArrayBuffer>;
}
export declare namespace MaskRequestPayload {
    const codec: () => Codec<MaskRequestPayload>;
    interface MaskRequestPayloadRoundFieldEvent {
        field: '$.round';
        value: number;
    }
    interface MaskRequestPayloadMembersFieldEvent {
        field: '$.members';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<MaskRequestPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MaskRequestPayload>): MaskRequestPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MaskRequestPayload>): Generator<MaskRequestPayloadRoundFieldEvent | MaskRequestPayloadMembersFieldEvent>;
}
export interface ShareRequestPayload {
    members: Uint8Array<ArrayBuffer>;
}
export declare namespace ShareRequestPayload {
    const codec: () => Codec<ShareRequestPayload>;
    interface ShareRequestPayloadMembersFieldEvent {
        field: '$.members';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<ShareRequestPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ShareRequestPayload>): ShareRequestPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ShareRequestPayload>): Generator<ShareRequestPayloadMembersFieldEvent>;
}
export interface ShareReleasePayload {
    requestHash: Uint8Array<ArrayBuffer>;
    shares: Uint8Array<ArrayBuffer>;
}
export declare namespace ShareReleasePayload {
    const codec: () => Codec<ShareReleasePayload>;
    interface ShareReleasePayloadRequestHashFieldEvent {
        field: '$.requestHash';
        value: Uint8Array<ArrayBuffer>;
    }
    interface ShareReleasePayloadSharesFieldEvent {
        field: '$.shares';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<ShareReleasePayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ShareReleasePayload>): ShareReleasePayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ShareReleasePayload>): Generator<ShareReleasePayloadRequestHashFieldEvent | ShareReleasePayloadSharesFieldEvent>;
}
export interface MaskWordPayload {
    requestHash: Uint8Array<ArrayBuffer>;
}
export declare namespace MaskWordPayload {
    const codec: () => Codec<MaskWordPayload>;
    interface MaskWordPayloadRequestHashFieldEvent {
        field: '$.requestHash';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<MaskWordPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MaskWordPayload>): MaskWordPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MaskWordPayload>): Generator<MaskWordPayloadRequestHashFieldEvent>;
}
export interface DisputePayload {
    requestHash: Uint8Array<ArrayBuffer>;
    journalLost: boolean;
}
export declare namespace DisputePayload {
    const codec: () => Codec<DisputePayload>;
    interface DisputePayloadRequestHashFieldEvent {
        field: '$.requestHash';
        value: Uint8Array<ArrayBuffer>;
    }
    interface DisputePayloadJournalLostFieldEvent {
        field: '$.journalLost';
        value: boolean;
    }
    function encode(obj: Partial<DisputePayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DisputePayload>): DisputePayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DisputePayload>): Generator<DisputePayloadRequestHashFieldEvent | DisputePayloadJournalLostFieldEvent>;
}
export interface EdgeRequestPayload {
    request: Uint8Array<ArrayBuffer>;
    submission: Uint8Array<ArrayBuffer>;
    release: Uint8Array<ArrayBuffer>;
}
export declare namespace EdgeRequestPayload {
    const codec: () => Codec<EdgeRequestPayload>;
    interface EdgeRequestPayloadRequestFieldEvent {
        field: '$.request';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EdgeRequestPayloadSubmissionFieldEvent {
        field: '$.submission';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EdgeRequestPayloadReleaseFieldEvent {
        field: '$.release';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<EdgeRequestPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EdgeRequestPayload>): EdgeRequestPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EdgeRequestPayload>): Generator<EdgeRequestPayloadRequestFieldEvent | EdgeRequestPayloadSubmissionFieldEvent | EdgeRequestPayloadReleaseFieldEvent>;
}
export interface EdgeOpeningPayload {
    requestHash: Uint8Array<ArrayBuffer>;
    opening: Uint8Array<ArrayBuffer>;
}
export declare namespace EdgeOpeningPayload {
    const codec: () => Codec<EdgeOpeningPayload>;
    interface EdgeOpeningPayloadRequestHashFieldEvent {
        field: '$.requestHash';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EdgeOpeningPayloadOpeningFieldEvent {
        field: '$.opening';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<EdgeOpeningPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EdgeOpeningPayload>): EdgeOpeningPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EdgeOpeningPayload>): Generator<EdgeOpeningPayloadRequestHashFieldEvent | EdgeOpeningPayloadOpeningFieldEvent>;
}
export interface DisputeReply {
    acknowledged: Uint8Array<ArrayBuffer>;
    envelopes: Uint8Array<ArrayBuffer>[];
}
export declare namespace DisputeReply {
    const codec: () => Codec<DisputeReply>;
    interface DisputeReplyAcknowledgedFieldEvent {
        field: '$.acknowledged';
        value: Uint8Array<ArrayBuffer>;
    }
    interface DisputeReplyEnvelopesFieldEvent {
        field: '$.envelopes[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<DisputeReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DisputeReply>): DisputeReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DisputeReply>): Generator<DisputeReplyAcknowledgedFieldEvent | DisputeReplyEnvelopesFieldEvent>;
}
export interface RefusalPayload {
    requestHash: Uint8Array<ArrayBuffer>;
    reason: string;
}
export declare namespace RefusalPayload {
    const codec: () => Codec<RefusalPayload>;
    interface RefusalPayloadRequestHashFieldEvent {
        field: '$.requestHash';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RefusalPayloadReasonFieldEvent {
        field: '$.reason';
        value: string;
    }
    function encode(obj: Partial<RefusalPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RefusalPayload>): RefusalPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RefusalPayload>): Generator<RefusalPayloadRequestHashFieldEvent | RefusalPayloadReasonFieldEvent>;
}
export interface SyncRequest {
    envelope: Uint8Array<ArrayBuffer>;
    transcript: boolean;
    slot: number;
    words: Uint8Array<ArrayBuffer>;
}
export declare namespace SyncRequest {
    const codec: () => Codec<SyncRequest>;
    interface SyncRequestEnvelopeFieldEvent {
        field: '$.envelope';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SyncRequestTranscriptFieldEvent {
        field: '$.transcript';
        value: boolean;
    }
    interface SyncRequestSlotFieldEvent {
        field: '$.slot';
        value: number;
    }
    interface SyncRequestWordsFieldEvent {
        field: '$.words';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<SyncRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncRequest>): SyncRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncRequest>): Generator<SyncRequestEnvelopeFieldEvent | SyncRequestTranscriptFieldEvent | SyncRequestSlotFieldEvent | SyncRequestWordsFieldEvent>;
}
export interface SyncReply {
    refused: string;
    transcript?: SlotTranscript;
    members?: number;
    networkId?: Uint8Array<ArrayBuffer>;
    words: Uint8Array<ArrayBuffer>[];
}
export declare namespace SyncReply {
    const codec: () => Codec<SyncReply>;
    interface SyncReplyRefusedFieldEvent {
        field: '$.refused';
        value: string;
    }
    interface SyncReplyTranscriptResultFieldEvent {
        field: '$.transcript.result';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SyncReplyTranscriptEnvelopesFieldEvent {
        field: '$.transcript.envelopes[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface SyncReplyTranscriptRosterHashFieldEvent {
        field: '$.transcript.rosterHash';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SyncReplyTranscriptLanesObisFieldEvent {
        field: '$.transcript.lanes[].obis';
        value: string;
        index: number;
    }
    interface SyncReplyTranscriptLanesAbleFieldEvent {
        field: '$.transcript.lanes[].able';
        value: number;
        index: number;
    }
    interface SyncReplyTranscriptLanesNeededFieldEvent {
        field: '$.transcript.lanes[].needed';
        value: number;
        index: number;
    }
    interface SyncReplyTranscriptLanesOpenFieldEvent {
        field: '$.transcript.lanes[].open';
        value: boolean;
        index: number;
    }
    interface SyncReplyMembersFieldEvent {
        field: '$.members';
        value: number;
    }
    interface SyncReplyNetworkIdFieldEvent {
        field: '$.networkId';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SyncReplyWordsFieldEvent {
        field: '$.words[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<SyncReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncReply>): SyncReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncReply>): Generator<SyncReplyRefusedFieldEvent | SyncReplyTranscriptResultFieldEvent | SyncReplyTranscriptEnvelopesFieldEvent | SyncReplyTranscriptRosterHashFieldEvent | SyncReplyTranscriptLanesObisFieldEvent | SyncReplyTranscriptLanesAbleFieldEvent | SyncReplyTranscriptLanesNeededFieldEvent | SyncReplyTranscriptLanesOpenFieldEvent | SyncReplyMembersFieldEvent | SyncReplyNetworkIdFieldEvent | SyncReplyWordsFieldEvent>;
}
export interface SlotTranscript {
    result: Uint8Array<ArrayBuffer>;
    envelopes: Uint8Array<ArrayBuffer>[];
    rosterHash?: Uint8Array<ArrayBuffer>;
    lanes: LaneCount[];
}
export declare namespace SlotTranscript {
    const codec: () => Codec<SlotTranscript>;
    interface SlotTranscriptResultFieldEvent {
        field: '$.result';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SlotTranscriptEnvelopesFieldEvent {
        field: '$.envelopes[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface SlotTranscriptRosterHashFieldEvent {
        field: '$.rosterHash';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SlotTranscriptLanesObisFieldEvent {
        field: '$.lanes[].obis';
        value: string;
        index: number;
    }
    interface SlotTranscriptLanesAbleFieldEvent {
        field: '$.lanes[].able';
        value: number;
        index: number;
    }
    interface SlotTranscriptLanesNeededFieldEvent {
        field: '$.lanes[].needed';
        value: number;
        index: number;
    }
    interface SlotTranscriptLanesOpenFieldEvent {
        field: '$.lanes[].open';
        value: boolean;
        index: number;
    }
    function encode(obj: Partial<SlotTranscript>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SlotTranscript>): SlotTranscript;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SlotTranscript>): Generator<SlotTranscriptResultFieldEvent | SlotTranscriptEnvelopesFieldEvent | SlotTranscriptRosterHashFieldEvent | SlotTranscriptLanesObisFieldEvent | SlotTranscriptLanesAbleFieldEvent | SlotTranscriptLanesNeededFieldEvent | SlotTranscriptLanesOpenFieldEvent>;
}
export interface LaneCount {
    obis: string;
    able: number;
    needed: number;
    open: boolean;
}
export declare namespace LaneCount {
    const codec: () => Codec<LaneCount>;
    interface LaneCountObisFieldEvent {
        field: '$.obis';
        value: string;
    }
    interface LaneCountAbleFieldEvent {
        field: '$.able';
        value: number;
    }
    interface LaneCountNeededFieldEvent {
        field: '$.needed';
        value: number;
    }
    interface LaneCountOpenFieldEvent {
        field: '$.open';
        value: boolean;
    }
    function encode(obj: Partial<LaneCount>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LaneCount>): LaneCount;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LaneCount>): Generator<LaneCountObisFieldEvent | LaneCountAbleFieldEvent | LaneCountNeededFieldEvent | LaneCountOpenFieldEvent>;
}
export interface PesSetupRequest {
}
export declare namespace PesSetupRequest {
    const codec: () => Codec<PesSetupRequest>;
    function encode(obj: Partial<PesSetupRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesSetupRequest>): PesSetupRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesSetupRequest>): Generator<{}>;
}
export declare enum PesVariant {
    NoVariant = "NoVariant",
    Reencrypt = "Reencrypt",
    Direct = "Direct"
}
export declare namespace PesVariant {
    const codec: () => Codec<PesVariant>;
}
export interface PaillierKeyPayload {
    variant: PesVariant;
    n: Uint8Array<ArrayBuffer>;
    hs: Uint8Array<ArrayBuffer>;
    splitHash: Uint8Array<ArrayBuffer>;
    dealerSignature: Uint8Array<ArrayBuffer>;
}
export declare namespace PaillierKeyPayload {
    const codec: () => Codec<PaillierKeyPayload>;
    interface PaillierKeyPayloadVariantFieldEvent {
        field: '$.variant';
        value: PesVariant;
    }
    interface PaillierKeyPayloadNFieldEvent {
        field: '$.n';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PaillierKeyPayloadHsFieldEvent {
        field: '$.hs';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PaillierKeyPayloadSplitHashFieldEvent {
        field: '$.splitHash';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PaillierKeyPayloadDealerSignatureFieldEvent {
        field: '$.dealerSignature';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<PaillierKeyPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PaillierKeyPayload>): PaillierKeyPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PaillierKeyPayload>): Generator<PaillierKeyPayloadVariantFieldEvent | PaillierKeyPayloadNFieldEvent | PaillierKeyPayloadHsFieldEvent | PaillierKeyPayloadSplitHashFieldEvent | PaillierKeyPayloadDealerSignatureFieldEvent>;
}
export interface PesSetupPayload {
    paillierKey: Uint8Array<ArrayBuffer>;
    rsaKey: Uint8Array<ArrayBuffer>;
    lanes: string[];
    slotSeconds: number;
    minMembers: number;
    billingSlots: number;
    minReadings: number;
}
export declare namespace PesSetupPayload {
    const codec: () => Codec<PesSetupPayload>;
    interface PesSetupPayloadPaillierKeyFieldEvent {
        field: '$.paillierKey';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PesSetupPayloadRsaKeyFieldEvent {
        field: '$.rsaKey';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PesSetupPayloadLanesFieldEvent {
        field: '$.lanes[]';
        index: number;
        value: string;
    }
    interface PesSetupPayloadSlotSecondsFieldEvent {
        field: '$.slotSeconds';
        value: number;
    }
    interface PesSetupPayloadMinMembersFieldEvent {
        field: '$.minMembers';
        value: number;
    }
    interface PesSetupPayloadBillingSlotsFieldEvent {
        field: '$.billingSlots';
        value: number;
    }
    interface PesSetupPayloadMinReadingsFieldEvent {
        field: '$.minReadings';
        value: number;
    }
    function encode(obj: Partial<PesSetupPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesSetupPayload>): PesSetupPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesSetupPayload>): Generator<PesSetupPayloadPaillierKeyFieldEvent | PesSetupPayloadRsaKeyFieldEvent | PesSetupPayloadLanesFieldEvent | PesSetupPayloadSlotSecondsFieldEvent | PesSetupPayloadMinMembersFieldEvent | PesSetupPayloadBillingSlotsFieldEvent | PesSetupPayloadMinReadingsFieldEvent>;
}
export interface PesJoin {
    wrappedKey: Uint8Array<ArrayBuffer>;
}
export declare namespace PesJoin {
    const codec: () => Codec<PesJoin>;
    interface PesJoinWrappedKeyFieldEvent {
        field: '$.wrappedKey';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<PesJoin>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesJoin>): PesJoin;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesJoin>): Generator<PesJoinWrappedKeyFieldEvent>;
}
export interface PesJoinReply {
    refused: string;
    index: number;
    firstSlot: number;
}
export declare namespace PesJoinReply {
    const codec: () => Codec<PesJoinReply>;
    interface PesJoinReplyRefusedFieldEvent {
        field: '$.refused';
        value: string;
    }
    interface PesJoinReplyIndexFieldEvent {
        field: '$.index';
        value: number;
    }
    interface PesJoinReplyFirstSlotFieldEvent {
        field: '$.firstSlot';
        value: number;
    }
    function encode(obj: Partial<PesJoinReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesJoinReply>): PesJoinReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesJoinReply>): Generator<PesJoinReplyRefusedFieldEvent | PesJoinReplyIndexFieldEvent | PesJoinReplyFirstSlotFieldEvent>;
}
export interface PesLeave {
}
export declare namespace PesLeave {
    const codec: () => Codec<PesLeave>;
    function encode(obj: Partial<PesLeave>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesLeave>): PesLeave;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesLeave>): Generator<{}>;
}
export interface PesReading {
    sealed: Uint8Array<ArrayBuffer>;
}
export declare namespace PesReading {
    const codec: () => Codec<PesReading>;
    interface PesReadingSealedFieldEvent {
        field: '$.sealed';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<PesReading>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesReading>): PesReading;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesReading>): Generator<PesReadingSealedFieldEvent>;
}
export interface PesMember {
    index: number;
    join: Uint8Array<ArrayBuffer>;
}
export declare namespace PesMember {
    const codec: () => Codec<PesMember>;
    interface PesMemberIndexFieldEvent {
        field: '$.index';
        value: number;
    }
    interface PesMemberJoinFieldEvent {
        field: '$.join';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<PesMember>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesMember>): PesMember;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesMember>): Generator<PesMemberIndexFieldEvent | PesMemberJoinFieldEvent>;
}
export interface PesBatch {
    members: PesMember[];
    readings: Uint8Array<ArrayBuffer>[];
    last: boolean;
    expected: Uint8Array<ArrayBuffer>;
}
export declare namespace PesBatch {
    const codec: () => Codec<PesBatch>;
    interface PesBatchMembersIndexFieldEvent {
        field: '$.members[].index';
        value: number;
        index: number;
    }
    interface PesBatchMembersJoinFieldEvent {
        field: '$.members[].join';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface PesBatchReadingsFieldEvent {
        field: '$.readings[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface PesBatchLastFieldEvent {
        field: '$.last';
        value: boolean;
    }
    interface PesBatchExpectedFieldEvent {
        field: '$.expected';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<PesBatch>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesBatch>): PesBatch;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesBatch>): Generator<PesBatchMembersIndexFieldEvent | PesBatchMembersJoinFieldEvent | PesBatchReadingsFieldEvent | PesBatchLastFieldEvent | PesBatchExpectedFieldEvent>;
}
export interface PesBatchReply {
    refused: string;
    dropped: string[];
    aggregate: Uint8Array<ArrayBuffer>;
    periods: Uint8Array<ArrayBuffer>[];
}
export declare namespace PesBatchReply {
    const codec: () => Codec<PesBatchReply>;
    interface PesBatchReplyRefusedFieldEvent {
        field: '$.refused';
        value: string;
    }
    interface PesBatchReplyDroppedFieldEvent {
        field: '$.dropped[]';
        index: number;
        value: string;
    }
    interface PesBatchReplyAggregateFieldEvent {
        field: '$.aggregate';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PesBatchReplyPeriodsFieldEvent {
        field: '$.periods[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<PesBatchReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesBatchReply>): PesBatchReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesBatchReply>): Generator<PesBatchReplyRefusedFieldEvent | PesBatchReplyDroppedFieldEvent | PesBatchReplyAggregateFieldEvent | PesBatchReplyPeriodsFieldEvent>;
}
export interface PesAggregate {
    expected: Uint8Array<ArrayBuffer>;
    contributors: Uint8Array<ArrayBuffer>;
    ciphertext: Uint8Array<ArrayBuffer>;
    partial: Uint8Array<ArrayBuffer>;
}
export declare namespace PesAggregate {
    const codec: () => Codec<PesAggregate>;
    interface PesAggregateExpectedFieldEvent {
        field: '$.expected';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PesAggregateContributorsFieldEvent {
        field: '$.contributors';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PesAggregateCiphertextFieldEvent {
        field: '$.ciphertext';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PesAggregatePartialFieldEvent {
        field: '$.partial';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<PesAggregate>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesAggregate>): PesAggregate;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PesAggregate>): Generator<PesAggregateExpectedFieldEvent | PesAggregateContributorsFieldEvent | PesAggregateCiphertextFieldEvent | PesAggregatePartialFieldEvent>;
}
export interface PeriodAggregate {
    meterId: Uint8Array<ArrayBuffer>;
    firstSlot: number;
    slots: number;
    readings: number;
    ciphertext: Uint8Array<ArrayBuffer>;
    partial: Uint8Array<ArrayBuffer>;
}
export declare namespace PeriodAggregate {
    const codec: () => Codec<PeriodAggregate>;
    interface PeriodAggregateMeterIdFieldEvent {
        field: '$.meterId';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PeriodAggregateFirstSlotFieldEvent {
        field: '$.firstSlot';
        value: number;
    }
    interface PeriodAggregateSlotsFieldEvent {
        field: '$.slots';
        value: number;
    }
    interface PeriodAggregateReadingsFieldEvent {
        field: '$.readings';
        value: number;
    }
    interface PeriodAggregateCiphertextFieldEvent {
        field: '$.ciphertext';
        value: Uint8Array<ArrayBuffer>;
    }
    interface PeriodAggregatePartialFieldEvent {
        field: '$.partial';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<PeriodAggregate>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PeriodAggregate>): PeriodAggregate;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PeriodAggregate>): Generator<PeriodAggregateMeterIdFieldEvent | PeriodAggregateFirstSlotFieldEvent | PeriodAggregateSlotsFieldEvent | PeriodAggregateReadingsFieldEvent | PeriodAggregateCiphertextFieldEvent | PeriodAggregatePartialFieldEvent>;
}
export interface ReadingDelivery {
    batch: Uint8Array<ArrayBuffer>;
}
export declare namespace ReadingDelivery {
    const codec: () => Codec<ReadingDelivery>;
    interface ReadingDeliveryBatchFieldEvent {
        field: '$.batch';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<ReadingDelivery>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReadingDelivery>): ReadingDelivery;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReadingDelivery>): Generator<ReadingDeliveryBatchFieldEvent>;
}
export interface BillDelivery {
    bill: Uint8Array<ArrayBuffer>;
}
export declare namespace BillDelivery {
    const codec: () => Codec<BillDelivery>;
    interface BillDeliveryBillFieldEvent {
        field: '$.bill';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<BillDelivery>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BillDelivery>): BillDelivery;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BillDelivery>): Generator<BillDeliveryBillFieldEvent>;
}
export interface DeliveryReply {
    taken: Uint8Array<ArrayBuffer>;
    refused: string;
    later: boolean;
}
export declare namespace DeliveryReply {
    const codec: () => Codec<DeliveryReply>;
    interface DeliveryReplyTakenFieldEvent {
        field: '$.taken';
        value: Uint8Array<ArrayBuffer>;
    }
    interface DeliveryReplyRefusedFieldEvent {
        field: '$.refused';
        value: string;
    }
    interface DeliveryReplyLaterFieldEvent {
        field: '$.later';
        value: boolean;
    }
    function encode(obj: Partial<DeliveryReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeliveryReply>): DeliveryReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeliveryReply>): Generator<DeliveryReplyTakenFieldEvent | DeliveryReplyRefusedFieldEvent | DeliveryReplyLaterFieldEvent>;
}
