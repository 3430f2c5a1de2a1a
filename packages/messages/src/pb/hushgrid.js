/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var MessageType;
(function (MessageType) {
    MessageType["Unspecified"] = "Unspecified";
    MessageType["EnrolRequest"] = "EnrolRequest";
    MessageType["EnrolReply"] = "EnrolReply";
    MessageType["JoinRequest"] = "JoinRequest";
    MessageType["JoinReply"] = "JoinReply";
    MessageType["Roster"] = "Roster";
    MessageType["Submission"] = "Submission";
    MessageType["SlotTotal"] = "SlotTotal";
    MessageType["SlotLost"] = "SlotLost";
    MessageType["Missing"] = "Missing";
    MessageType["RecoveryRequest"] = "RecoveryRequest";
    MessageType["MaskRelease"] = "MaskRelease";
    MessageType["Dispute"] = "Dispute";
    MessageType["Refusal"] = "Refusal";
    MessageType["MaskRequest"] = "MaskRequest";
    MessageType["ShareRequest"] = "ShareRequest";
    MessageType["ShareRelease"] = "ShareRelease";
    MessageType["RosterRequest"] = "RosterRequest";
    MessageType["AggregatorRequest"] = "AggregatorRequest";
    MessageType["RosterDelta"] = "RosterDelta";
    MessageType["PresenceRequest"] = "PresenceRequest";
    MessageType["PresenceReply"] = "PresenceReply";
    MessageType["LeaveRequest"] = "LeaveRequest";
    MessageType["PesSetupRequest"] = "PesSetupRequest";
    MessageType["PesSetup"] = "PesSetup";
    MessageType["PaillierKey"] = "PaillierKey";
    MessageType["PesJoin"] = "PesJoin";
    MessageType["PesJoinReply"] = "PesJoinReply";
    MessageType["PesLeave"] = "PesLeave";
    MessageType["PesReading"] = "PesReading";
    MessageType["PesBatch"] = "PesBatch";
    MessageType["PesBatchReply"] = "PesBatchReply";
    MessageType["PesAggregate"] = "PesAggregate";
    MessageType["PeriodAggregate"] = "PeriodAggregate";
    MessageType["ReadingDelivery"] = "ReadingDelivery";
    MessageType["BillDelivery"] = "BillDelivery";
    MessageType["TimeRequest"] = "TimeRequest";
    MessageType["TimeReply"] = "TimeReply";
    MessageType["MaskWord"] = "MaskWord";
    MessageType["EdgeRequest"] = "EdgeRequest";
    MessageType["EdgeOpening"] = "EdgeOpening";
    MessageType["Conflict"] = "Conflict";
})(MessageType || (MessageType = {}));
var __MessageTypeValues;
(function (__MessageTypeValues) {
    __MessageTypeValues[__MessageTypeValues["Unspecified"] = 0] = "Unspecified";
    __MessageTypeValues[__MessageTypeValues["EnrolRequest"] = 1] = "EnrolRequest";
    __MessageTypeValues[__MessageTypeValues["EnrolReply"] = 2] = "EnrolReply";
    __MessageTypeValues[__MessageTypeValues["JoinRequest"] = 3] = "JoinRequest";
    __MessageTypeValues[__MessageTypeValues["JoinReply"] = 4] = "JoinReply";
    __MessageTypeValues[__MessageTypeValues["Roster"] = 5] = "Roster";
    __MessageTypeValues[__MessageTypeValues["Submission"] = 6] = "Submission";
    __MessageTypeValues[__MessageTypeValues["SlotTotal"] = 7] = "SlotTotal";
    __MessageTypeValues[__MessageTypeValues["SlotLost"] = 8] = "SlotLost";
    __MessageTypeValues[__MessageTypeValues["Missing"] = 9] = "Missing";
    __MessageTypeValues[__MessageTypeValues["RecoveryRequest"] = 10] = "RecoveryRequest";
    __MessageTypeValues[__MessageTypeValues["MaskRelease"] = 11] = "MaskRelease";
    __MessageTypeValues[__MessageTypeValues["Dispute"] = 12] = "Dispute";
    __MessageTypeValues[__MessageTypeValues["Refusal"] = 13] = "Refusal";
    __MessageTypeValues[__MessageTypeValues["MaskRequest"] = 14] = "MaskRequest";
    __MessageTypeValues[__MessageTypeValues["ShareRequest"] = 15] = "ShareRequest";
    __MessageTypeValues[__MessageTypeValues["ShareRelease"] = 16] = "ShareRelease";
    __MessageTypeValues[__MessageTypeValues["RosterRequest"] = 17] = "RosterRequest";
    __MessageTypeValues[__MessageTypeValues["AggregatorRequest"] = 18] = "AggregatorRequest";
    __MessageTypeValues[__MessageTypeValues["RosterDelta"] = 19] = "RosterDelta";
    __MessageTypeValues[__MessageTypeValues["PresenceRequest"] = 20] = "PresenceRequest";
    __MessageTypeValues[__MessageTypeValues["PresenceReply"] = 21] = "PresenceReply";
    __MessageTypeValues[__MessageTypeValues["LeaveRequest"] = 22] = "LeaveRequest";
    __MessageTypeValues[__MessageTypeValues["PesSetupRequest"] = 23] = "PesSetupRequest";
    __MessageTypeValues[__MessageTypeValues["PesSetup"] = 24] = "PesSetup";
    __MessageTypeValues[__MessageTypeValues["PaillierKey"] = 25] = "PaillierKey";
    __MessageTypeValues[__MessageTypeValues["PesJoin"] = 26] = "PesJoin";
    __MessageTypeValues[__MessageTypeValues["PesJoinReply"] = 27] = "PesJoinReply";
    __MessageTypeValues[__MessageTypeValues["PesLeave"] = 28] = "PesLeave";
    __MessageTypeValues[__MessageTypeValues["PesReading"] = 29] = "PesReading";
    __MessageTypeValues[__MessageTypeValues["PesBatch"] = 30] = "PesBatch";
    __MessageTypeValues[__MessageTypeValues["PesBatchReply"] = 31] = "PesBatchReply";
    __MessageTypeValues[__MessageTypeValues["PesAggregate"] = 32] = "PesAggregate";
    __MessageTypeValues[__MessageTypeValues["PeriodAggregate"] = 33] = "PeriodAggregate";
    __MessageTypeValues[__MessageTypeValues["ReadingDelivery"] = 34] = "ReadingDelivery";
    __MessageTypeValues[__MessageTypeValues["BillDelivery"] = 35] = "BillDelivery";
    __MessageTypeValues[__MessageTypeValues["TimeRequest"] = 36] = "TimeRequest";
    __MessageTypeValues[__MessageTypeValues["TimeReply"] = 37] = "TimeReply";
    __MessageTypeValues[__MessageTypeValues["MaskWord"] = 38] = "MaskWord";
    __MessageTypeValues[__MessageTypeValues["EdgeRequest"] = 39] = "EdgeRequest";
    __MessageTypeValues[__MessageTypeValues["EdgeOpening"] = 40] = "EdgeOpening";
    __MessageTypeValues[__MessageTypeValues["Conflict"] = 41] = "Conflict";
})(__MessageTypeValues || (__MessageTypeValues = {}));
(function (MessageType) {
    MessageType.codec = () => {
        return enumeration(__MessageTypeValues);
    };
})(MessageType || (MessageType = {}));
export var Envelope;
(function (Envelope) {
    let _codec;
    Envelope.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.sender != null && obj.sender.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.sender);
                }
                if (obj.type != null && __MessageTypeValues[obj.type] !== 0) {
                    w.uint32(16);
                    MessageType.codec().encode(obj.type, w);
                }
                if ((obj.epoch != null && obj.epoch !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.epoch);
                }
                if ((obj.slot != null && obj.slot !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.slot);
                }
                if ((obj.payload != null && obj.payload.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.payload);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    sender: uint8ArrayAlloc(0),
                    type: MessageType.Unspecified,
                    epoch: 0,
                    slot: 0,
                    payload: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.sender = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.type = MessageType.codec().decode(reader);
                            break;
                        }
                        case 3: {
                            obj.epoch = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.slot = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.payload = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.sender`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.type`,
                                value: MessageType.codec().decode(reader)
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.epoch`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.slot`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.payload`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Envelope.codec());
    }
    Envelope.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Envelope.codec(), opts);
    }
    Envelope.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Envelope.codec(), opts);
    }
    Envelope.stream = stream;
})(Envelope || (Envelope = {}));
export var EnrolRequest;
(function (EnrolRequest) {
    let _codec;
    EnrolRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.blindingKey != null && obj.blindingKey.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.blindingKey);
                }
                if ((obj.season != null && obj.season !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.season);
                }
                if ((obj.lanes != null && obj.lanes.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.lanes);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    blindingKey: uint8ArrayAlloc(0),
                    season: 0,
                    lanes: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.blindingKey = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.season = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.lanes = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.blindingKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.season`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.lanes`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, EnrolRequest.codec());
    }
    EnrolRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, EnrolRequest.codec(), opts);
    }
    EnrolRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, EnrolRequest.codec(), opts);
    }
    EnrolRequest.stream = stream;
})(EnrolRequest || (EnrolRequest = {}));
export var EnrolReply;
(function (EnrolReply) {
    let _codec;
    EnrolReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.credential != null && obj.credential.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.credential);
                }
                if ((obj.refused != null && obj.refused !== '')) {
                    w.uint32(18);
                    w.string(obj.refused);
                }
                if ((obj.aggregator != null && obj.aggregator !== '')) {
                    w.uint32(26);
                    w.string(obj.aggregator);
                }
                if ((obj.season != null && obj.season !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.season);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    credential: uint8ArrayAlloc(0),
                    refused: '',
                    aggregator: '',
                    season: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.credential = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.refused = reader.string();
                            break;
                        }
                        case 3: {
                            obj.aggregator = reader.string();
                            break;
                        }
                        case 4: {
                            obj.season = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.credential`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.refused`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.aggregator`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.season`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, EnrolReply.codec());
    }
    EnrolReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, EnrolReply.codec(), opts);
    }
    EnrolReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, EnrolReply.codec(), opts);
    }
    EnrolReply.stream = stream;
})(EnrolReply || (EnrolReply = {}));
export var JoinRequest;
(function (JoinRequest) {
    let _codec;
    JoinRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(10);
                        w.string(value);
                    }
                }
                if ((obj.unixMillis != null && obj.unixMillis !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.unixMillis);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    addresses: [],
                    unixMillis: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            obj.addresses.push(reader.string());
                            break;
                        }
                        case 2: {
                            obj.unixMillis = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    addresses: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements');
                            }
                            yield {
                                field: `${prefix}.addresses[]`,
                                index: obj.addresses,
                                value: reader.string()
                            };
                            obj.addresses++;
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.unixMillis`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, JoinRequest.codec());
    }
    JoinRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, JoinRequest.codec(), opts);
    }
    JoinRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, JoinRequest.codec(), opts);
    }
    JoinRequest.stream = stream;
})(JoinRequest || (JoinRequest = {}));
export var JoinReply;
(function (JoinReply) {
    let _codec;
    JoinReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.refused != null && obj.refused !== '')) {
                    w.uint32(10);
                    w.string(obj.refused);
                }
                if ((obj.roster != null && obj.roster.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.roster);
                }
                if ((obj.witnessed != null && obj.witnessed.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.witnessed);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    refused: '',
                    roster: uint8ArrayAlloc(0),
                    witnessed: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.refused = reader.string();
                            break;
                        }
                        case 2: {
                            obj.roster = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.witnessed = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.refused`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.roster`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.witnessed`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, JoinReply.codec());
    }
    JoinReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, JoinReply.codec(), opts);
    }
    JoinReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, JoinReply.codec(), opts);
    }
    JoinReply.stream = stream;
})(JoinReply || (JoinReply = {}));
export var TimeRequest;
(function (TimeRequest) {
    let _codec;
    TimeRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.nonce);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    nonce: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.nonce = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, TimeRequest.codec());
    }
    TimeRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, TimeRequest.codec(), opts);
    }
    TimeRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, TimeRequest.codec(), opts);
    }
    TimeRequest.stream = stream;
})(TimeRequest || (TimeRequest = {}));
export var TimeReply;
(function (TimeReply) {
    let _codec;
    TimeReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.nonce);
                }
                if ((obj.unixMillis != null && obj.unixMillis !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.unixMillis);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    nonce: uint8ArrayAlloc(0),
                    unixMillis: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.nonce = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.unixMillis = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.unixMillis`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, TimeReply.codec());
    }
    TimeReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, TimeReply.codec(), opts);
    }
    TimeReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, TimeReply.codec(), opts);
    }
    TimeReply.stream = stream;
})(TimeReply || (TimeReply = {}));
export var LeaveRequest;
(function (LeaveRequest) {
    let _codec;
    LeaveRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.unixMillis != null && obj.unixMillis !== 0)) {
                    w.uint32(8);
                    w.uint64Number(obj.unixMillis);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    unixMillis: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.unixMillis = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.unixMillis`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaveRequest.codec());
    }
    LeaveRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaveRequest.codec(), opts);
    }
    LeaveRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaveRequest.codec(), opts);
    }
    LeaveRequest.stream = stream;
})(LeaveRequest || (LeaveRequest = {}));
export var PresenceRequest;
(function (PresenceRequest) {
    let _codec;
    PresenceRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PresenceRequest.codec());
    }
    PresenceRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PresenceRequest.codec(), opts);
    }
    PresenceRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PresenceRequest.codec(), opts);
    }
    PresenceRequest.stream = stream;
})(PresenceRequest || (PresenceRequest = {}));
export var PresenceReply;
(function (PresenceReply) {
    let _codec;
    PresenceReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PresenceReply.codec());
    }
    PresenceReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PresenceReply.codec(), opts);
    }
    PresenceReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PresenceReply.codec(), opts);
    }
    PresenceReply.stream = stream;
})(PresenceReply || (PresenceReply = {}));
export var AggregatorRequest;
(function (AggregatorRequest) {
    let _codec;
    AggregatorRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(10);
                        w.string(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    addresses: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            obj.addresses.push(reader.string());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    addresses: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements');
                            }
                            yield {
                                field: `${prefix}.addresses[]`,
                                index: obj.addresses,
                                value: reader.string()
                            };
                            obj.addresses++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, AggregatorRequest.codec());
    }
    AggregatorRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, AggregatorRequest.codec(), opts);
    }
    AggregatorRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, AggregatorRequest.codec(), opts);
    }
    AggregatorRequest.stream = stream;
})(AggregatorRequest || (AggregatorRequest = {}));
export var RosterRequest;
(function (RosterRequest) {
    let _codec;
    RosterRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.latest != null && obj.latest !== false)) {
                    w.uint32(8);
                    w.bool(obj.latest);
                }
                if ((obj.epoch != null && obj.epoch !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.epoch);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    latest: false,
                    epoch: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.latest = reader.bool();
                            break;
                        }
                        case 2: {
                            obj.epoch = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.latest`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.epoch`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RosterRequest.codec());
    }
    RosterRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RosterRequest.codec(), opts);
    }
    RosterRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RosterRequest.codec(), opts);
    }
    RosterRequest.stream = stream;
})(RosterRequest || (RosterRequest = {}));
export var RosterPayload;
(function (RosterPayload) {
    let _codec;
    RosterPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.roster != null && obj.roster.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.roster);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.signature);
                }
                if (obj.credentials != null && obj.credentials.length > 0) {
                    for (const value of obj.credentials) {
                        w.uint32(26);
                        w.bytes(value);
                    }
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(34);
                        w.string(value);
                    }
                }
                if ((obj.aggregatorAddress != null && obj.aggregatorAddress !== '')) {
                    w.uint32(42);
                    w.string(obj.aggregatorAddress);
                }
                if (obj.leaves != null && obj.leaves.length > 0) {
                    for (const value of obj.leaves) {
                        w.uint32(50);
                        w.bytes(value);
                    }
                }
                if (obj.proofs != null && obj.proofs.length > 0) {
                    for (const value of obj.proofs) {
                        w.uint32(58);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    roster: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0),
                    credentials: [],
                    addresses: [],
                    aggregatorAddress: '',
                    leaves: [],
                    proofs: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.roster = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        case 3: {
                            if (opts.limits?.credentials != null && obj.credentials.length === opts.limits.credentials) {
                                throw new MaxLengthError('Decode error - repeated field "credentials" had too many elements');
                            }
                            obj.credentials.push(reader.bytes());
                            break;
                        }
                        case 4: {
                            if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            obj.addresses.push(reader.string());
                            break;
                        }
                        case 5: {
                            obj.aggregatorAddress = reader.string();
                            break;
                        }
                        case 6: {
                            if (opts.limits?.leaves != null && obj.leaves.length === opts.limits.leaves) {
                                throw new MaxLengthError('Decode error - repeated field "leaves" had too many elements');
                            }
                            obj.leaves.push(reader.bytes());
                            break;
                        }
                        case 7: {
                            if (opts.limits?.proofs != null && obj.proofs.length === opts.limits.proofs) {
                                throw new MaxLengthError('Decode error - repeated field "proofs" had too many elements');
                            }
                            obj.proofs.push(reader.bytes());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    credentials: 0,
                    addresses: 0,
                    leaves: 0,
                    proofs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.roster`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            if (opts.limits?.credentials != null && obj.credentials === opts.limits.credentials) {
                                throw new MaxLengthError('Streaming decode error - repeated field "credentials" had too many elements');
                            }
                            yield {
                                field: `${prefix}.credentials[]`,
                                index: obj.credentials,
                                value: reader.bytes()
                            };
                            obj.credentials++;
                            break;
                        }
                        case 4: {
                            if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements');
                            }
                            yield {
                                field: `${prefix}.addresses[]`,
                                index: obj.addresses,
                                value: reader.string()
                            };
                            obj.addresses++;
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.aggregatorAddress`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 6: {
                            if (opts.limits?.leaves != null && obj.leaves === opts.limits.leaves) {
                                throw new MaxLengthError('Streaming decode error - repeated field "leaves" had too many elements');
                            }
                            yield {
                                field: `${prefix}.leaves[]`,
                                index: obj.leaves,
                                value: reader.bytes()
                            };
                            obj.leaves++;
                            break;
                        }
                        case 7: {
                            if (opts.limits?.proofs != null && obj.proofs === opts.limits.proofs) {
                                throw new MaxLengthError('Streaming decode error - repeated field "proofs" had too many elements');
                            }
                            yield {
                                field: `${prefix}.proofs[]`,
                                index: obj.proofs,
                                value: reader.bytes()
                            };
                            obj.proofs++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RosterPayload.codec());
    }
    RosterPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RosterPayload.codec(), opts);
    }
    RosterPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RosterPayload.codec(), opts);
    }
    RosterPayload.stream = stream;
})(RosterPayload || (RosterPayload = {}));
export var RosterDeltaPayload;
(function (RosterDeltaPayload) {
    let _codec;
    RosterDeltaPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.signature);
                }
                if (obj.joined != null && obj.joined.length > 0) {
                    for (const value of obj.joined) {
                        w.uint32(18);
                        JoinedMember.codec().encode(value, w);
                    }
                }
                if (obj.left != null && obj.left.length > 0) {
                    for (const value of obj.left) {
                        w.uint32(24);
                        w.uint32(value);
                    }
                }
                if (obj.absent != null && obj.absent.length > 0) {
                    for (const value of obj.absent) {
                        w.uint32(32);
                        w.uint32(value);
                    }
                }
                if (obj.present != null && obj.present.length > 0) {
                    for (const value of obj.present) {
                        w.uint32(40);
                        w.uint32(value);
                    }
                }
                if (obj.renewed != null && obj.renewed.length > 0) {
                    for (const value of obj.renewed) {
                        w.uint32(50);
                        RenewedCredential.codec().encode(value, w);
                    }
                }
                if (obj.moved != null && obj.moved.length > 0) {
                    for (const value of obj.moved) {
                        w.uint32(58);
                        MovedMember.codec().encode(value, w);
                    }
                }
                if ((obj.degree != null && obj.degree !== 0)) {
                    w.uint32(64);
                    w.uint32(obj.degree);
                }
                if ((obj.aggregatorAddress != null && obj.aggregatorAddress !== '')) {
                    w.uint32(74);
                    w.string(obj.aggregatorAddress);
                }
                if (obj.cuts != null && obj.cuts.length > 0) {
                    for (const value of obj.cuts) {
                        w.uint32(82);
                        w.bytes(value);
                    }
                }
                if ((obj.seasonEndSlot != null && obj.seasonEndSlot !== 0)) {
                    w.uint32(88);
                    w.uint64Number(obj.seasonEndSlot);
                }
                if (obj.leaves != null && obj.leaves.length > 0) {
                    for (const value of obj.leaves) {
                        w.uint32(98);
                        w.bytes(value);
                    }
                }
                if (obj.proofs != null && obj.proofs.length > 0) {
                    for (const value of obj.proofs) {
                        w.uint32(106);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    signature: uint8ArrayAlloc(0),
                    joined: [],
                    left: [],
                    absent: [],
                    present: [],
                    renewed: [],
                    moved: [],
                    degree: 0,
                    aggregatorAddress: '',
                    cuts: [],
                    seasonEndSlot: 0,
                    leaves: [],
                    proofs: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.joined != null && obj.joined.length === opts.limits.joined) {
                                throw new MaxLengthError('Decode error - repeated field "joined" had too many elements');
                            }
                            obj.joined.push(JoinedMember.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.joined$
                            }));
                            break;
                        }
                        case 3: {
                            if (opts.limits?.left != null && obj.left.length === opts.limits.left) {
                                throw new MaxLengthError('Decode error - repeated field "left" had too many elements');
                            }
                            obj.left.push(reader.uint32());
                            break;
                        }
                        case 4: {
                            if (opts.limits?.absent != null && obj.absent.length === opts.limits.absent) {
                                throw new MaxLengthError('Decode error - repeated field "absent" had too many elements');
                            }
                            obj.absent.push(reader.uint32());
                            break;
                        }
                        case 5: {
                            if (opts.limits?.present != null && obj.present.length === opts.limits.present) {
                                throw new MaxLengthError('Decode error - repeated field "present" had too many elements');
                            }
                            obj.present.push(reader.uint32());
                            break;
                        }
                        case 6: {
                            if (opts.limits?.renewed != null && obj.renewed.length === opts.limits.renewed) {
                                throw new MaxLengthError('Decode error - repeated field "renewed" had too many elements');
                            }
                            obj.renewed.push(RenewedCredential.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.renewed$
                            }));
                            break;
                        }
                        case 7: {
                            if (opts.limits?.moved != null && obj.moved.length === opts.limits.moved) {
                                throw new MaxLengthError('Decode error - repeated field "moved" had too many elements');
                            }
                            obj.moved.push(MovedMember.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.moved$
                            }));
                            break;
                        }
                        case 8: {
                            obj.degree = reader.uint32();
                            break;
                        }
                        case 9: {
                            obj.aggregatorAddress = reader.string();
                            break;
                        }
                        case 10: {
                            if (opts.limits?.cuts != null && obj.cuts.length === opts.limits.cuts) {
                                throw new MaxLengthError('Decode error - repeated field "cuts" had too many elements');
                            }
                            obj.cuts.push(reader.bytes());
                            break;
                        }
                        case 11: {
                            obj.seasonEndSlot = reader.uint64Number();
                            break;
                        }
                        case 12: {
                            if (opts.limits?.leaves != null && obj.leaves.length === opts.limits.leaves) {
                                throw new MaxLengthError('Decode error - repeated field "leaves" had too many elements');
                            }
                            obj.leaves.push(reader.bytes());
                            break;
                        }
                        case 13: {
                            if (opts.limits?.proofs != null && obj.proofs.length === opts.limits.proofs) {
                                throw new MaxLengthError('Decode error - repeated field "proofs" had too many elements');
                            }
                            obj.proofs.push(reader.bytes());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    joined: 0,
                    left: 0,
                    absent: 0,
                    present: 0,
                    renewed: 0,
                    moved: 0,
                    cuts: 0,
                    leaves: 0,
                    proofs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.joined != null && obj.joined === opts.limits.joined) {
                                throw new MaxLengthError('Streaming decode error - repeated field "joined" had too many elements');
                            }
                            for (const evt of JoinedMember.codec().stream(reader, reader.uint32(), `${prefix}.joined[]`, {
                                limits: opts.limits?.joined$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.joined
                                };
                            }
                            obj.joined++;
                            break;
                        }
                        case 3: {
                            if (opts.limits?.left != null && obj.left === opts.limits.left) {
                                throw new MaxLengthError('Streaming decode error - repeated field "left" had too many elements');
                            }
                            yield {
                                field: `${prefix}.left[]`,
                                index: obj.left,
                                value: reader.uint32()
                            };
                            obj.left++;
                            break;
                        }
                        case 4: {
                            if (opts.limits?.absent != null && obj.absent === opts.limits.absent) {
                                throw new MaxLengthError('Streaming decode error - repeated field "absent" had too many elements');
                            }
                            yield {
                                field: `${prefix}.absent[]`,
                                index: obj.absent,
                                value: reader.uint32()
                            };
                            obj.absent++;
                            break;
                        }
                        case 5: {
                            if (opts.limits?.present != null && obj.present === opts.limits.present) {
                                throw new MaxLengthError('Streaming decode error - repeated field "present" had too many elements');
                            }
                            yield {
                                field: `${prefix}.present[]`,
                                index: obj.present,
                                value: reader.uint32()
                            };
                            obj.present++;
                            break;
                        }
                        case 6: {
                            if (opts.limits?.renewed != null && obj.renewed === opts.limits.renewed) {
                                throw new MaxLengthError('Streaming decode error - repeated field "renewed" had too many elements');
                            }
                            for (const evt of RenewedCredential.codec().stream(reader, reader.uint32(), `${prefix}.renewed[]`, {
                                limits: opts.limits?.renewed$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.renewed
                                };
                            }
                            obj.renewed++;
                            break;
                        }
                        case 7: {
                            if (opts.limits?.moved != null && obj.moved === opts.limits.moved) {
                                throw new MaxLengthError('Streaming decode error - repeated field "moved" had too many elements');
                            }
                            for (const evt of MovedMember.codec().stream(reader, reader.uint32(), `${prefix}.moved[]`, {
                                limits: opts.limits?.moved$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.moved
                                };
                            }
                            obj.moved++;
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.degree`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.aggregatorAddress`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 10: {
                            if (opts.limits?.cuts != null && obj.cuts === opts.limits.cuts) {
                                throw new MaxLengthError('Streaming decode error - repeated field "cuts" had too many elements');
                            }
                            yield {
                                field: `${prefix}.cuts[]`,
                                index: obj.cuts,
                                value: reader.bytes()
                            };
                            obj.cuts++;
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.seasonEndSlot`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 12: {
                            if (opts.limits?.leaves != null && obj.leaves === opts.limits.leaves) {
                                throw new MaxLengthError('Streaming decode error - repeated field "leaves" had too many elements');
                            }
                            yield {
                                field: `${prefix}.leaves[]`,
                                index: obj.leaves,
                                value: reader.bytes()
                            };
                            obj.leaves++;
                            break;
                        }
                        case 13: {
                            if (opts.limits?.proofs != null && obj.proofs === opts.limits.proofs) {
                                throw new MaxLengthError('Streaming decode error - repeated field "proofs" had too many elements');
                            }
                            yield {
                                field: `${prefix}.proofs[]`,
                                index: obj.proofs,
                                value: reader.bytes()
                            };
                            obj.proofs++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RosterDeltaPayload.codec());
    }
    RosterDeltaPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RosterDeltaPayload.codec(), opts);
    }
    RosterDeltaPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RosterDeltaPayload.codec(), opts);
    }
    RosterDeltaPayload.stream = stream;
})(RosterDeltaPayload || (RosterDeltaPayload = {}));
export var JoinedMember;
(function (JoinedMember) {
    let _codec;
    JoinedMember.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.entry != null && obj.entry.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.entry);
                }
                if ((obj.credential != null && obj.credential.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.credential);
                }
                if ((obj.address != null && obj.address !== '')) {
                    w.uint32(26);
                    w.string(obj.address);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    entry: uint8ArrayAlloc(0),
                    credential: uint8ArrayAlloc(0),
                    address: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.entry = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.credential = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.address = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.entry`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.credential`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.address`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, JoinedMember.codec());
    }
    JoinedMember.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, JoinedMember.codec(), opts);
    }
    JoinedMember.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, JoinedMember.codec(), opts);
    }
    JoinedMember.stream = stream;
})(JoinedMember || (JoinedMember = {}));
export var RenewedCredential;
(function (RenewedCredential) {
    let _codec;
    RenewedCredential.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.position != null && obj.position !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.position);
                }
                if ((obj.credential != null && obj.credential.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.credential);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    position: 0,
                    credential: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.position = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.credential = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.position`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.credential`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RenewedCredential.codec());
    }
    RenewedCredential.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RenewedCredential.codec(), opts);
    }
    RenewedCredential.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RenewedCredential.codec(), opts);
    }
    RenewedCredential.stream = stream;
})(RenewedCredential || (RenewedCredential = {}));
export var MovedMember;
(function (MovedMember) {
    let _codec;
    MovedMember.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.position != null && obj.position !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.position);
                }
                if ((obj.address != null && obj.address !== '')) {
                    w.uint32(18);
                    w.string(obj.address);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    position: 0,
                    address: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.position = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.address = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.position`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.address`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, MovedMember.codec());
    }
    MovedMember.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, MovedMember.codec(), opts);
    }
    MovedMember.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, MovedMember.codec(), opts);
    }
    MovedMember.stream = stream;
})(MovedMember || (MovedMember = {}));
export var SubmissionPayload;
(function (SubmissionPayload) {
    let _codec;
    SubmissionPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.lanes != null && obj.lanes.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.lanes);
                }
                if ((obj.corrections != null && obj.corrections.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.corrections);
                }
                if ((obj.check != null && obj.check.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.check);
                }
                if ((obj.tags != null && obj.tags.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.tags);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    lanes: uint8ArrayAlloc(0),
                    corrections: uint8ArrayAlloc(0),
                    check: uint8ArrayAlloc(0),
                    tags: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.lanes = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.corrections = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.check = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.tags = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.lanes`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.corrections`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.check`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.tags`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SubmissionPayload.codec());
    }
    SubmissionPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SubmissionPayload.codec(), opts);
    }
    SubmissionPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SubmissionPayload.codec(), opts);
    }
    SubmissionPayload.stream = stream;
})(SubmissionPayload || (SubmissionPayload = {}));
export var SlotTotalPayload;
(function (SlotTotalPayload) {
    let _codec;
    SlotTotalPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.contributors != null && obj.contributors.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.contributors);
                }
                if ((obj.lanes != null && obj.lanes.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.lanes);
                }
                if ((obj.transcriptHash != null && obj.transcriptHash.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.transcriptHash);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    contributors: uint8ArrayAlloc(0),
                    lanes: uint8ArrayAlloc(0),
                    transcriptHash: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.contributors = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.lanes = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.transcriptHash = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.contributors`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.lanes`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.transcriptHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SlotTotalPayload.codec());
    }
    SlotTotalPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SlotTotalPayload.codec(), opts);
    }
    SlotTotalPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SlotTotalPayload.codec(), opts);
    }
    SlotTotalPayload.stream = stream;
})(SlotTotalPayload || (SlotTotalPayload = {}));
export var LossReason;
(function (LossReason) {
    LossReason["NotSaid"] = "NotSaid";
    LossReason["MembersMissing"] = "MembersMissing";
    LossReason["Disputed"] = "Disputed";
    LossReason["Unanswered"] = "Unanswered";
    LossReason["Refused"] = "Refused";
    LossReason["UnfittingShares"] = "UnfittingShares";
    LossReason["Implausible"] = "Implausible";
    LossReason["Away"] = "Away";
})(LossReason || (LossReason = {}));
var __LossReasonValues;
(function (__LossReasonValues) {
    __LossReasonValues[__LossReasonValues["NotSaid"] = 0] = "NotSaid";
    __LossReasonValues[__LossReasonValues["MembersMissing"] = 1] = "MembersMissing";
    __LossReasonValues[__LossReasonValues["Disputed"] = 2] = "Disputed";
    __LossReasonValues[__LossReasonValues["Unanswered"] = 3] = "Unanswered";
    __LossReasonValues[__LossReasonValues["Refused"] = 4] = "Refused";
    __LossReasonValues[__LossReasonValues["UnfittingShares"] = 5] = "UnfittingShares";
    __LossReasonValues[__LossReasonValues["Implausible"] = 6] = "Implausible";
    __LossReasonValues[__LossReasonValues["Away"] = 7] = "Away";
})(__LossReasonValues || (__LossReasonValues = {}));
(function (LossReason) {
    LossReason.codec = () => {
        return enumeration(__LossReasonValues);
    };
})(LossReason || (LossReason = {}));
export var SlotLostPayload;
(function (SlotLostPayload) {
    let _codec;
    SlotLostPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.reason != null && __LossReasonValues[obj.reason] !== 0) {
                    w.uint32(8);
                    LossReason.codec().encode(obj.reason, w);
                }
                if ((obj.members != null && obj.members.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.members);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reason: LossReason.NotSaid,
                    members: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.reason = LossReason.codec().decode(reader);
                            break;
                        }
                        case 2: {
                            obj.members = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.reason`,
                                value: LossReason.codec().decode(reader)
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.members`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SlotLostPayload.codec());
    }
    SlotLostPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SlotLostPayload.codec(), opts);
    }
    SlotLostPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SlotLostPayload.codec(), opts);
    }
    SlotLostPayload.stream = stream;
})(SlotLostPayload || (SlotLostPayload = {}));
export var MissingPayload;
(function (MissingPayload) {
    let _codec;
    MissingPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.members != null && obj.members.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.members);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    members: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.members = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.members`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, MissingPayload.codec());
    }
    MissingPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, MissingPayload.codec(), opts);
    }
    MissingPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, MissingPayload.codec(), opts);
    }
    MissingPayload.stream = stream;
})(MissingPayload || (MissingPayload = {}));
export var RecoveryRequestPayload;
(function (RecoveryRequestPayload) {
    let _codec;
    RecoveryRequestPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.members != null && obj.members.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.members);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    members: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.members = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.members`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RecoveryRequestPayload.codec());
    }
    RecoveryRequestPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RecoveryRequestPayload.codec(), opts);
    }
    RecoveryRequestPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RecoveryRequestPayload.codec(), opts);
    }
    RecoveryRequestPayload.stream = stream;
})(RecoveryRequestPayload || (RecoveryRequestPayload = {}));
export var MaskReleasePayload;
(function (MaskReleasePayload) {
    let _codec;
    MaskReleasePayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.requestHash != null && obj.requestHash.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.requestHash);
                }
                if ((obj.lanes != null && obj.lanes.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.lanes);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    requestHash: uint8ArrayAlloc(0),
                    lanes: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.requestHash = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.lanes = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.requestHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.lanes`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, MaskReleasePayload.codec());
    }
    MaskReleasePayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, MaskReleasePayload.codec(), opts);
    }
    MaskReleasePayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, MaskReleasePayload.codec(), opts);
    }
    MaskReleasePayload.stream = stream;
})(MaskReleasePayload || (MaskReleasePayload = {}));
export var MaskRequestPayload;
(function (MaskRequestPayload) {
    let _codec;
    MaskRequestPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.round != null && obj.round !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.round);
                }
                if ((obj.members != null && obj.members.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.members);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    round: 0,
                    members: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.round = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.members = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.round`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.members`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, MaskRequestPayload.codec());
    }
    MaskRequestPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, MaskRequestPayload.codec(), opts);
    }
    MaskRequestPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, MaskRequestPayload.codec(), opts);
    }
    MaskRequestPayload.stream = stream;
})(MaskRequestPayload || (MaskRequestPayload = {}));
export var ShareRequestPayload;
(function (ShareRequestPayload) {
    let _codec;
    ShareRequestPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.members != null && obj.members.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.members);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    members: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.members = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.members`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ShareRequestPayload.codec());
    }
    ShareRequestPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ShareRequestPayload.codec(), opts);
    }
    ShareRequestPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ShareRequestPayload.codec(), opts);
    }
    ShareRequestPayload.stream = stream;
})(ShareRequestPayload || (ShareRequestPayload = {}));
export var ShareReleasePayload;
(function (ShareReleasePayload) {
    let _codec;
    ShareReleasePayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.requestHash != null && obj.requestHash.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.requestHash);
                }
                if ((obj.shares != null && obj.shares.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.shares);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    requestHash: uint8ArrayAlloc(0),
                    shares: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.requestHash = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.shares = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.requestHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.shares`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ShareReleasePayload.codec());
    }
    ShareReleasePayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ShareReleasePayload.codec(), opts);
    }
    ShareReleasePayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ShareReleasePayload.codec(), opts);
    }
    ShareReleasePayload.stream = stream;
})(ShareReleasePayload || (ShareReleasePayload = {}));
export var MaskWordPayload;
(function (MaskWordPayload) {
    let _codec;
    MaskWordPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.requestHash != null && obj.requestHash.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.requestHash);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    requestHash: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.requestHash = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.requestHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, MaskWordPayload.codec());
    }
    MaskWordPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, MaskWordPayload.codec(), opts);
    }
    MaskWordPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, MaskWordPayload.codec(), opts);
    }
    MaskWordPayload.stream = stream;
})(MaskWordPayload || (MaskWordPayload = {}));
export var DisputePayload;
(function (DisputePayload) {
    let _codec;
    DisputePayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.requestHash != null && obj.requestHash.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.requestHash);
                }
                if ((obj.journalLost != null && obj.journalLost !== false)) {
                    w.uint32(16);
                    w.bool(obj.journalLost);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    requestHash: uint8ArrayAlloc(0),
                    journalLost: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.requestHash = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.journalLost = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.requestHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.journalLost`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DisputePayload.codec());
    }
    DisputePayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DisputePayload.codec(), opts);
    }
    DisputePayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DisputePayload.codec(), opts);
    }
    DisputePayload.stream = stream;
})(DisputePayload || (DisputePayload = {}));
export var EdgeRequestPayload;
(function (EdgeRequestPayload) {
    let _codec;
    EdgeRequestPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.request != null && obj.request.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.request);
                }
                if ((obj.submission != null && obj.submission.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.submission);
                }
                if ((obj.release != null && obj.release.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.release);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    request: uint8ArrayAlloc(0),
                    submission: uint8ArrayAlloc(0),
                    release: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.request = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.submission = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.release = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.request`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.submission`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.release`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, EdgeRequestPayload.codec());
    }
    EdgeRequestPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, EdgeRequestPayload.codec(), opts);
    }
    EdgeRequestPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, EdgeRequestPayload.codec(), opts);
    }
    EdgeRequestPayload.stream = stream;
})(EdgeRequestPayload || (EdgeRequestPayload = {}));
export var EdgeOpeningPayload;
(function (EdgeOpeningPayload) {
    let _codec;
    EdgeOpeningPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.requestHash != null && obj.requestHash.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.requestHash);
                }
                if ((obj.opening != null && obj.opening.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.opening);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    requestHash: uint8ArrayAlloc(0),
                    opening: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.requestHash = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.opening = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.requestHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.opening`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, EdgeOpeningPayload.codec());
    }
    EdgeOpeningPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, EdgeOpeningPayload.codec(), opts);
    }
    EdgeOpeningPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, EdgeOpeningPayload.codec(), opts);
    }
    EdgeOpeningPayload.stream = stream;
})(EdgeOpeningPayload || (EdgeOpeningPayload = {}));
export var DisputeReply;
(function (DisputeReply) {
    let _codec;
    DisputeReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.acknowledged != null && obj.acknowledged.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.acknowledged);
                }
                if (obj.envelopes != null && obj.envelopes.length > 0) {
                    for (const value of obj.envelopes) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    acknowledged: uint8ArrayAlloc(0),
                    envelopes: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.acknowledged = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.envelopes != null && obj.envelopes.length === opts.limits.envelopes) {
                                throw new MaxLengthError('Decode error - repeated field "envelopes" had too many elements');
                            }
                            obj.envelopes.push(reader.bytes());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    envelopes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.acknowledged`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.envelopes != null && obj.envelopes === opts.limits.envelopes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "envelopes" had too many elements');
                            }
                            yield {
                                field: `${prefix}.envelopes[]`,
                                index: obj.envelopes,
                                value: reader.bytes()
                            };
                            obj.envelopes++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DisputeReply.codec());
    }
    DisputeReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DisputeReply.codec(), opts);
    }
    DisputeReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DisputeReply.codec(), opts);
    }
    DisputeReply.stream = stream;
})(DisputeReply || (DisputeReply = {}));
export var RefusalPayload;
(function (RefusalPayload) {
    let _codec;
    RefusalPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.requestHash != null && obj.requestHash.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.requestHash);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(18);
                    w.string(obj.reason);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    requestHash: uint8ArrayAlloc(0),
                    reason: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.requestHash = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.reason = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.requestHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RefusalPayload.codec());
    }
    RefusalPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RefusalPayload.codec(), opts);
    }
    RefusalPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RefusalPayload.codec(), opts);
    }
    RefusalPayload.stream = stream;
})(RefusalPayload || (RefusalPayload = {}));
export var SyncRequest;
(function (SyncRequest) {
    let _codec;
    SyncRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.envelope);
                }
                if ((obj.transcript != null && obj.transcript !== false)) {
                    w.uint32(16);
                    w.bool(obj.transcript);
                }
                if ((obj.slot != null && obj.slot !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.slot);
                }
                if ((obj.words != null && obj.words.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.words);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    envelope: uint8ArrayAlloc(0),
                    transcript: false,
                    slot: 0,
                    words: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.envelope = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.transcript = reader.bool();
                            break;
                        }
                        case 3: {
                            obj.slot = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.words = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.envelope`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.transcript`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.slot`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.words`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncRequest.codec());
    }
    SyncRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncRequest.codec(), opts);
    }
    SyncRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncRequest.codec(), opts);
    }
    SyncRequest.stream = stream;
})(SyncRequest || (SyncRequest = {}));
export var SyncReply;
(function (SyncReply) {
    let _codec;
    SyncReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.refused != null && obj.refused !== '')) {
                    w.uint32(10);
                    w.string(obj.refused);
                }
                if (obj.transcript != null) {
                    w.uint32(18);
                    SlotTranscript.codec().encode(obj.transcript, w);
                }
                if (obj.members != null) {
                    w.uint32(24);
                    w.uint32(obj.members);
                }
                if (obj.networkId != null) {
                    w.uint32(34);
                    w.bytes(obj.networkId);
                }
                if (obj.words != null && obj.words.length > 0) {
                    for (const value of obj.words) {
                        w.uint32(42);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    refused: '',
                    words: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.refused = reader.string();
                            break;
                        }
                        case 2: {
                            obj.transcript = SlotTranscript.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.transcript
                            });
                            break;
                        }
                        case 3: {
                            obj.members = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.networkId = reader.bytes();
                            break;
                        }
                        case 5: {
                            if (opts.limits?.words != null && obj.words.length === opts.limits.words) {
                                throw new MaxLengthError('Decode error - repeated field "words" had too many elements');
                            }
                            obj.words.push(reader.bytes());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    words: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.refused`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield* SlotTranscript.codec().stream(reader, reader.uint32(), `${prefix}.transcript`, {
                                limits: opts.limits?.transcript
                            });
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.members`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.networkId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            if (opts.limits?.words != null && obj.words === opts.limits.words) {
                                throw new MaxLengthError('Streaming decode error - repeated field "words" had too many elements');
                            }
                            yield {
                                field: `${prefix}.words[]`,
                                index: obj.words,
                                value: reader.bytes()
                            };
                            obj.words++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncReply.codec());
    }
    SyncReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncReply.codec(), opts);
    }
    SyncReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncReply.codec(), opts);
    }
    SyncReply.stream = stream;
})(SyncReply || (SyncReply = {}));
export var SlotTranscript;
(function (SlotTranscript) {
    let _codec;
    SlotTranscript.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.result != null && obj.result.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.result);
                }
                if (obj.envelopes != null && obj.envelopes.length > 0) {
                    for (const value of obj.envelopes) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if (obj.rosterHash != null) {
                    w.uint32(26);
                    w.bytes(obj.rosterHash);
                }
                if (obj.lanes != null && obj.lanes.length > 0) {
                    for (const value of obj.lanes) {
                        w.uint32(34);
                        LaneCount.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    result: uint8ArrayAlloc(0),
                    envelopes: [],
                    lanes: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.result = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.envelopes != null && obj.envelopes.length === opts.limits.envelopes) {
                                throw new MaxLengthError('Decode error - repeated field "envelopes" had too many elements');
                            }
                            obj.envelopes.push(reader.bytes());
                            break;
                        }
                        case 3: {
                            obj.rosterHash = reader.bytes();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.lanes != null && obj.lanes.length === opts.limits.lanes) {
                                throw new MaxLengthError('Decode error - repeated field "lanes" had too many elements');
                            }
                            obj.lanes.push(LaneCount.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.lanes$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    envelopes: 0,
                    lanes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.result`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.envelopes != null && obj.envelopes === opts.limits.envelopes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "envelopes" had too many elements');
                            }
                            yield {
                                field: `${prefix}.envelopes[]`,
                                index: obj.envelopes,
                                value: reader.bytes()
                            };
                            obj.envelopes++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.rosterHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.lanes != null && obj.lanes === opts.limits.lanes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "lanes" had too many elements');
                            }
                            for (const evt of LaneCount.codec().stream(reader, reader.uint32(), `${prefix}.lanes[]`, {
                                limits: opts.limits?.lanes$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.lanes
                                };
                            }
                            obj.lanes++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SlotTranscript.codec());
    }
    SlotTranscript.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SlotTranscript.codec(), opts);
    }
    SlotTranscript.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SlotTranscript.codec(), opts);
    }
    SlotTranscript.stream = stream;
})(SlotTranscript || (SlotTranscript = {}));
export var LaneCount;
(function (LaneCount) {
    let _codec;
    LaneCount.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.obis != null && obj.obis !== '')) {
                    w.uint32(10);
                    w.string(obj.obis);
                }
                if ((obj.able != null && obj.able !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.able);
                }
                if ((obj.needed != null && obj.needed !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.needed);
                }
                if ((obj.open != null && obj.open !== false)) {
                    w.uint32(32);
                    w.bool(obj.open);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    obis: '',
                    able: 0,
                    needed: 0,
                    open: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.obis = reader.string();
                            break;
                        }
                        case 2: {
                            obj.able = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.needed = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.open = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.obis`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.able`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.needed`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.open`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LaneCount.codec());
    }
    LaneCount.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LaneCount.codec(), opts);
    }
    LaneCount.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LaneCount.codec(), opts);
    }
    LaneCount.stream = stream;
})(LaneCount || (LaneCount = {}));
export var PesSetupRequest;
(function (PesSetupRequest) {
    let _codec;
    PesSetupRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesSetupRequest.codec());
    }
    PesSetupRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesSetupRequest.codec(), opts);
    }
    PesSetupRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesSetupRequest.codec(), opts);
    }
    PesSetupRequest.stream = stream;
})(PesSetupRequest || (PesSetupRequest = {}));
export var PesVariant;
(function (PesVariant) {
    PesVariant["NoVariant"] = "NoVariant";
    PesVariant["Reencrypt"] = "Reencrypt";
    PesVariant["Direct"] = "Direct";
})(PesVariant || (PesVariant = {}));
var __PesVariantValues;
(function (__PesVariantValues) {
    __PesVariantValues[__PesVariantValues["NoVariant"] = 0] = "NoVariant";
    __PesVariantValues[__PesVariantValues["Reencrypt"] = 1] = "Reencrypt";
    __PesVariantValues[__PesVariantValues["Direct"] = 2] = "Direct";
})(__PesVariantValues || (__PesVariantValues = {}));
(function (PesVariant) {
    PesVariant.codec = () => {
        return enumeration(__PesVariantValues);
    };
})(PesVariant || (PesVariant = {}));
export var PaillierKeyPayload;
(function (PaillierKeyPayload) {
    let _codec;
    PaillierKeyPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.variant != null && __PesVariantValues[obj.variant] !== 0) {
                    w.uint32(8);
                    PesVariant.codec().encode(obj.variant, w);
                }
                if ((obj.n != null && obj.n.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.n);
                }
                if ((obj.hs != null && obj.hs.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.hs);
                }
                if ((obj.splitHash != null && obj.splitHash.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.splitHash);
                }
                if ((obj.dealerSignature != null && obj.dealerSignature.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.dealerSignature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    variant: PesVariant.NoVariant,
                    n: uint8ArrayAlloc(0),
                    hs: uint8ArrayAlloc(0),
                    splitHash: uint8ArrayAlloc(0),
                    dealerSignature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.variant = PesVariant.codec().decode(reader);
                            break;
                        }
                        case 2: {
                            obj.n = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.hs = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.splitHash = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.dealerSignature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.variant`,
                                value: PesVariant.codec().decode(reader)
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.n`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.hs`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.splitHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.dealerSignature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PaillierKeyPayload.codec());
    }
    PaillierKeyPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PaillierKeyPayload.codec(), opts);
    }
    PaillierKeyPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PaillierKeyPayload.codec(), opts);
    }
    PaillierKeyPayload.stream = stream;
})(PaillierKeyPayload || (PaillierKeyPayload = {}));
export var PesSetupPayload;
(function (PesSetupPayload) {
    let _codec;
    PesSetupPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.paillierKey != null && obj.paillierKey.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.paillierKey);
                }
                if ((obj.rsaKey != null && obj.rsaKey.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.rsaKey);
                }
                if (obj.lanes != null && obj.lanes.length > 0) {
                    for (const value of obj.lanes) {
                        w.uint32(26);
                        w.string(value);
                    }
                }
                if ((obj.slotSeconds != null && obj.slotSeconds !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.slotSeconds);
                }
                if ((obj.minMembers != null && obj.minMembers !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.minMembers);
                }
                if ((obj.billingSlots != null && obj.billingSlots !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.billingSlots);
                }
                if ((obj.minReadings != null && obj.minReadings !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.minReadings);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    paillierKey: uint8ArrayAlloc(0),
                    rsaKey: uint8ArrayAlloc(0),
                    lanes: [],
                    slotSeconds: 0,
                    minMembers: 0,
                    billingSlots: 0,
                    minReadings: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.paillierKey = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.rsaKey = reader.bytes();
                            break;
                        }
                        case 3: {
                            if (opts.limits?.lanes != null && obj.lanes.length === opts.limits.lanes) {
                                throw new MaxLengthError('Decode error - repeated field "lanes" had too many elements');
                            }
                            obj.lanes.push(reader.string());
                            break;
                        }
                        case 4: {
                            obj.slotSeconds = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.minMembers = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.billingSlots = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.minReadings = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    lanes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.paillierKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.rsaKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            if (opts.limits?.lanes != null && obj.lanes === opts.limits.lanes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "lanes" had too many elements');
                            }
                            yield {
                                field: `${prefix}.lanes[]`,
                                index: obj.lanes,
                                value: reader.string()
                            };
                            obj.lanes++;
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.slotSeconds`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.minMembers`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.billingSlots`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.minReadings`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesSetupPayload.codec());
    }
    PesSetupPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesSetupPayload.codec(), opts);
    }
    PesSetupPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesSetupPayload.codec(), opts);
    }
    PesSetupPayload.stream = stream;
})(PesSetupPayload || (PesSetupPayload = {}));
export var PesJoin;
(function (PesJoin) {
    let _codec;
    PesJoin.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.wrappedKey != null && obj.wrappedKey.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.wrappedKey);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    wrappedKey: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.wrappedKey = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.wrappedKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesJoin.codec());
    }
    PesJoin.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesJoin.codec(), opts);
    }
    PesJoin.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesJoin.codec(), opts);
    }
    PesJoin.stream = stream;
})(PesJoin || (PesJoin = {}));
export var PesJoinReply;
(function (PesJoinReply) {
    let _codec;
    PesJoinReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.refused != null && obj.refused !== '')) {
                    w.uint32(10);
                    w.string(obj.refused);
                }
                if ((obj.index != null && obj.index !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.index);
                }
                if ((obj.firstSlot != null && obj.firstSlot !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.firstSlot);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    refused: '',
                    index: 0,
                    firstSlot: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.refused = reader.string();
                            break;
                        }
                        case 2: {
                            obj.index = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.firstSlot = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.refused`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.index`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.firstSlot`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesJoinReply.codec());
    }
    PesJoinReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesJoinReply.codec(), opts);
    }
    PesJoinReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesJoinReply.codec(), opts);
    }
    PesJoinReply.stream = stream;
})(PesJoinReply || (PesJoinReply = {}));
export var PesLeave;
(function (PesLeave) {
    let _codec;
    PesLeave.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesLeave.codec());
    }
    PesLeave.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesLeave.codec(), opts);
    }
    PesLeave.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesLeave.codec(), opts);
    }
    PesLeave.stream = stream;
})(PesLeave || (PesLeave = {}));
export var PesReading;
(function (PesReading) {
    let _codec;
    PesReading.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.sealed != null && obj.sealed.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.sealed);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    sealed: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.sealed = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.sealed`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesReading.codec());
    }
    PesReading.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesReading.codec(), opts);
    }
    PesReading.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesReading.codec(), opts);
    }
    PesReading.stream = stream;
})(PesReading || (PesReading = {}));
export var PesMember;
(function (PesMember) {
    let _codec;
    PesMember.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.index != null && obj.index !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.index);
                }
                if ((obj.join != null && obj.join.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.join);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    index: 0,
                    join: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.index = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.join = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.index`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.join`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesMember.codec());
    }
    PesMember.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesMember.codec(), opts);
    }
    PesMember.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesMember.codec(), opts);
    }
    PesMember.stream = stream;
})(PesMember || (PesMember = {}));
export var PesBatch;
(function (PesBatch) {
    let _codec;
    PesBatch.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.members != null && obj.members.length > 0) {
                    for (const value of obj.members) {
                        w.uint32(10);
                        PesMember.codec().encode(value, w);
                    }
                }
                if (obj.readings != null && obj.readings.length > 0) {
                    for (const value of obj.readings) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if ((obj.last != null && obj.last !== false)) {
                    w.uint32(24);
                    w.bool(obj.last);
                }
                if ((obj.expected != null && obj.expected.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.expected);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    members: [],
                    readings: [],
                    last: false,
                    expected: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.members != null && obj.members.length === opts.limits.members) {
                                throw new MaxLengthError('Decode error - repeated field "members" had too many elements');
                            }
                            obj.members.push(PesMember.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.members$
                            }));
                            break;
                        }
                        case 2: {
                            if (opts.limits?.readings != null && obj.readings.length === opts.limits.readings) {
                                throw new MaxLengthError('Decode error - repeated field "readings" had too many elements');
                            }
                            obj.readings.push(reader.bytes());
                            break;
                        }
                        case 3: {
                            obj.last = reader.bool();
                            break;
                        }
                        case 4: {
                            obj.expected = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    members: 0,
                    readings: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.members != null && obj.members === opts.limits.members) {
                                throw new MaxLengthError('Streaming decode error - repeated field "members" had too many elements');
                            }
                            for (const evt of PesMember.codec().stream(reader, reader.uint32(), `${prefix}.members[]`, {
                                limits: opts.limits?.members$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.members
                                };
                            }
                            obj.members++;
                            break;
                        }
                        case 2: {
                            if (opts.limits?.readings != null && obj.readings === opts.limits.readings) {
                                throw new MaxLengthError('Streaming decode error - repeated field "readings" had too many elements');
                            }
                            yield {
                                field: `${prefix}.readings[]`,
                                index: obj.readings,
                                value: reader.bytes()
                            };
                            obj.readings++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.last`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.expected`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesBatch.codec());
    }
    PesBatch.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesBatch.codec(), opts);
    }
    PesBatch.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesBatch.codec(), opts);
    }
    PesBatch.stream = stream;
})(PesBatch || (PesBatch = {}));
export var PesBatchReply;
(function (PesBatchReply) {
    let _codec;
    PesBatchReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.refused != null && obj.refused !== '')) {
                    w.uint32(10);
                    w.string(obj.refused);
                }
                if (obj.dropped != null && obj.dropped.length > 0) {
                    for (const value of obj.dropped) {
                        w.uint32(18);
                        w.string(value);
                    }
                }
                if ((obj.aggregate != null && obj.aggregate.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.aggregate);
                }
                if (obj.periods != null && obj.periods.length > 0) {
                    for (const value of obj.periods) {
                        w.uint32(34);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    refused: '',
                    dropped: [],
                    aggregate: uint8ArrayAlloc(0),
                    periods: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.refused = reader.string();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.dropped != null && obj.dropped.length === opts.limits.dropped) {
                                throw new MaxLengthError('Decode error - repeated field "dropped" had too many elements');
                            }
                            obj.dropped.push(reader.string());
                            break;
                        }
                        case 3: {
                            obj.aggregate = reader.bytes();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.periods != null && obj.periods.length === opts.limits.periods) {
                                throw new MaxLengthError('Decode error - repeated field "periods" had too many elements');
                            }
                            obj.periods.push(reader.bytes());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    dropped: 0,
                    periods: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.refused`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.dropped != null && obj.dropped === opts.limits.dropped) {
                                throw new MaxLengthError('Streaming decode error - repeated field "dropped" had too many elements');
                            }
                            yield {
                                field: `${prefix}.dropped[]`,
                                index: obj.dropped,
                                value: reader.string()
                            };
                            obj.dropped++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.aggregate`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.periods != null && obj.periods === opts.limits.periods) {
                                throw new MaxLengthError('Streaming decode error - repeated field "periods" had too many elements');
                            }
                            yield {
                                field: `${prefix}.periods[]`,
                                index: obj.periods,
                                value: reader.bytes()
                            };
                            obj.periods++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesBatchReply.codec());
    }
    PesBatchReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesBatchReply.codec(), opts);
    }
    PesBatchReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesBatchReply.codec(), opts);
    }
    PesBatchReply.stream = stream;
})(PesBatchReply || (PesBatchReply = {}));
export var PesAggregate;
(function (PesAggregate) {
    let _codec;
    PesAggregate.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.expected != null && obj.expected.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.expected);
                }
                if ((obj.contributors != null && obj.contributors.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.contributors);
                }
                if ((obj.ciphertext != null && obj.ciphertext.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.ciphertext);
                }
                if ((obj.partial != null && obj.partial.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.partial);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    expected: uint8ArrayAlloc(0),
                    contributors: uint8ArrayAlloc(0),
                    ciphertext: uint8ArrayAlloc(0),
                    partial: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.expected = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.contributors = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.ciphertext = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.partial = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.expected`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.contributors`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.ciphertext`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.partial`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PesAggregate.codec());
    }
    PesAggregate.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PesAggregate.codec(), opts);
    }
    PesAggregate.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PesAggregate.codec(), opts);
    }
    PesAggregate.stream = stream;
})(PesAggregate || (PesAggregate = {}));
export var PeriodAggregate;
(function (PeriodAggregate) {
    let _codec;
    PeriodAggregate.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.meterId != null && obj.meterId.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.meterId);
                }
                if ((obj.firstSlot != null && obj.firstSlot !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.firstSlot);
                }
                if ((obj.slots != null && obj.slots !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.slots);
                }
                if ((obj.readings != null && obj.readings !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.readings);
                }
                if ((obj.ciphertext != null && obj.ciphertext.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.ciphertext);
                }
                if ((obj.partial != null && obj.partial.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.partial);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    meterId: uint8ArrayAlloc(0),
                    firstSlot: 0,
                    slots: 0,
                    readings: 0,
                    ciphertext: uint8ArrayAlloc(0),
                    partial: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.meterId = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.firstSlot = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.slots = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.readings = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.ciphertext = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.partial = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.meterId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.firstSlot`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.slots`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.readings`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.ciphertext`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.partial`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PeriodAggregate.codec());
    }
    PeriodAggregate.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PeriodAggregate.codec(), opts);
    }
    PeriodAggregate.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PeriodAggregate.codec(), opts);
    }
    PeriodAggregate.stream = stream;
})(PeriodAggregate || (PeriodAggregate = {}));
export var ReadingDelivery;
(function (ReadingDelivery) {
    let _codec;
    ReadingDelivery.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.batch != null && obj.batch.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.batch);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    batch: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.batch = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.batch`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReadingDelivery.codec());
    }
    ReadingDelivery.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReadingDelivery.codec(), opts);
    }
    ReadingDelivery.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReadingDelivery.codec(), opts);
    }
    ReadingDelivery.stream = stream;
})(ReadingDelivery || (ReadingDelivery = {}));
export var BillDelivery;
(function (BillDelivery) {
    let _codec;
    BillDelivery.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.bill != null && obj.bill.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.bill);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    bill: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.bill = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.bill`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, BillDelivery.codec());
    }
    BillDelivery.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BillDelivery.codec(), opts);
    }
    BillDelivery.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BillDelivery.codec(), opts);
    }
    BillDelivery.stream = stream;
})(BillDelivery || (BillDelivery = {}));
export var DeliveryReply;
(function (DeliveryReply) {
    let _codec;
    DeliveryReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.taken != null && obj.taken.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.taken);
                }
                if ((obj.refused != null && obj.refused !== '')) {
                    w.uint32(18);
                    w.string(obj.refused);
                }
                if ((obj.later != null && obj.later !== false)) {
                    w.uint32(24);
                    w.bool(obj.later);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    taken: uint8ArrayAlloc(0),
                    refused: '',
                    later: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.taken = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.refused = reader.string();
                            break;
                        }
                        case 3: {
                            obj.later = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.taken`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.refused`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.later`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DeliveryReply.codec());
    }
    DeliveryReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DeliveryReply.codec(), opts);
    }
    DeliveryReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DeliveryReply.codec(), opts);
    }
    DeliveryReply.stream = stream;
})(DeliveryReply || (DeliveryReply = {}));
