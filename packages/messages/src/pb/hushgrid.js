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
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    blindingKey: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.blindingKey = reader.bytes();
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
                if ((obj.notBefore != null && obj.notBefore !== 0)) {
                    w.uint32(8);
                    w.uint64Number(obj.notBefore);
                }
                if ((obj.notAfter != null && obj.notAfter !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.notAfter);
                }
                if ((obj.credential != null && obj.credential.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.credential);
                }
                if ((obj.refused != null && obj.refused !== '')) {
                    w.uint32(34);
                    w.string(obj.refused);
                }
                if ((obj.aggregator != null && obj.aggregator !== '')) {
                    w.uint32(42);
                    w.string(obj.aggregator);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    notBefore: 0,
                    notAfter: 0,
                    credential: uint8ArrayAlloc(0),
                    refused: '',
                    aggregator: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.notBefore = reader.uint64Number();
                            break;
                        }
                        case 2: {
                            obj.notAfter = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.credential = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.refused = reader.string();
                            break;
                        }
                        case 5: {
                            obj.aggregator = reader.string();
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
                                field: `${prefix}.notBefore`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.notAfter`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.credential`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.refused`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.aggregator`,
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
export var LeaveRequest;
(function (LeaveRequest) {
    let _codec;
    LeaveRequest.codec = () => {
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
                if ((obj.credentials != null && obj.credentials.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.credentials);
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
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    roster: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0),
                    credentials: uint8ArrayAlloc(0),
                    addresses: [],
                    aggregatorAddress: ''
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
                            obj.credentials = reader.bytes();
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
                            yield {
                                field: `${prefix}.credentials`,
                                value: reader.bytes()
                            };
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
                    aggregatorAddress: ''
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
                    moved: 0
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
                if ((obj.notBefore != null && obj.notBefore !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.notBefore);
                }
                if ((obj.lifetime != null && obj.lifetime !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.lifetime);
                }
                if ((obj.address != null && obj.address !== '')) {
                    w.uint32(34);
                    w.string(obj.address);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    entry: uint8ArrayAlloc(0),
                    notBefore: 0,
                    lifetime: 0,
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
                            obj.notBefore = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.lifetime = reader.uint64Number();
                            break;
                        }
                        case 4: {
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
                                field: `${prefix}.notBefore`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.lifetime`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
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
                if ((obj.notBefore != null && obj.notBefore !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.notBefore);
                }
                if ((obj.lifetime != null && obj.lifetime !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.lifetime);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    position: 0,
                    notBefore: 0,
                    lifetime: 0,
                    signature: uint8ArrayAlloc(0)
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
                            obj.notBefore = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.lifetime = reader.uint64Number();
                            break;
                        }
                        case 4: {
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
                                field: `${prefix}.position`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.notBefore`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.lifetime`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
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
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    lanes: uint8ArrayAlloc(0),
                    corrections: uint8ArrayAlloc(0),
                    check: uint8ArrayAlloc(0)
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
                if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.envelope);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    acknowledged: uint8ArrayAlloc(0),
                    envelope: uint8ArrayAlloc(0)
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
                            obj.envelope = reader.bytes();
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
                                field: `${prefix}.acknowledged`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.envelope`,
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
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    envelope: uint8ArrayAlloc(0),
                    transcript: false,
                    slot: 0
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
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    refused: ''
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
                            yield* SlotTranscript.codec().stream(reader, reader.uint32(), `${prefix}.transcript`, {
                                limits: opts.limits?.transcript
                            });
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
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    result: uint8ArrayAlloc(0),
                    envelopes: []
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
