// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Facts that hold for any input, checked against an independent reader.

mod support;

use ferrule_otlp::{JsonMode, Signal, json_to_protobuf, summarize, validate};
use proptest::collection::vec;
use proptest::prelude::*;
use prost_reflect::DynamicMessage;

const MODES: [JsonMode; 2] = [JsonMode::Strict, JsonMode::Lenient];

fn signals() -> impl Strategy<Value = Signal> {
    prop::sample::select(&Signal::ALL[..])
}

fn entropy() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..4000)
}

/// Compares the verdicts of both readers. Groups are the one thing that only the other accepts.
fn assert_same_verdict(signal: Signal, bytes: &[u8]) -> Result<(), TestCaseError> {
    let other = DynamicMessage::decode(support::request(signal), bytes);
    match (validate(signal, bytes), other) {
        (Ok(stats), Ok(message)) => {
            // The other reader drops a oneof member that another one follows.
            prop_assert!(stats.items >= support::count_items(&message));
        }
        (Err(_), Err(_)) => {}
        (Ok(_), Err(error)) => prop_assert!(false, "only the other refuses: {error}"),
        (Err(error), Ok(_)) => prop_assert!(
            error.to_string().ends_with("groups are not supported"),
            "{error}"
        ),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(signal in signals(), bytes in vec(any::<u8>(), 0..300)) {
        let _ = validate(signal, &bytes);
        prop_assert!(summarize(signal, &bytes).to_string().len() < 1024);
        for mode in MODES {
            let _ = json_to_protobuf(signal, &bytes, mode, 1 << 20);
        }
    }

    #[test]
    fn random_bytes_get_the_verdict_of_the_other_reader(signal in signals(), bytes in vec(any::<u8>(), 0..24)) {
        assert_same_verdict(signal, &bytes)?;
    }

    #[test]
    fn valid_requests_are_accepted_and_counted(signal in signals(), entropy in entropy()) {
        let message = support::generated(signal, &entropy);
        let bytes = support::encode(&message);
        let stats = validate(signal, &bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(stats.items, support::count_items(&message));
        let summary = summarize(signal, &bytes);
        prop_assert_eq!(summary.items(), stats.items);
        let line = summary.to_string();
        prop_assert!(line.len() < 1024 && !line.contains(char::is_control), "{}", line);
    }

    #[test]
    fn cut_requests_get_the_verdict_of_the_other_reader(signal in signals(), entropy in entropy(), at in any::<prop::sample::Index>()) {
        let bytes = support::encode(&support::generated(signal, &entropy));
        assert_same_verdict(signal, &bytes[..at.index(bytes.len() + 1)])?;
    }

    #[test]
    fn changed_requests_get_the_verdict_of_the_other_reader(
        signal in signals(),
        entropy in entropy(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = support::encode(&support::generated(signal, &entropy));
        if !bytes.is_empty() {
            for (at, value) in changes {
                *at.get_mut(&mut bytes) = value;
            }
        }
        assert_same_verdict(signal, &bytes)?;
        prop_assert!(summarize(signal, &bytes).to_string().len() < 1024);
    }

    #[test]
    fn json_gives_the_same_message(signal in signals(), entropy in entropy()) {
        let message = support::generated(signal, &entropy);
        let json = support::to_json(&message).to_string();
        for mode in MODES {
            let bytes = json_to_protobuf(signal, json.as_bytes(), mode, 1 << 20)
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert!(validate(signal, &bytes).is_ok());
            let read = support::decode(signal, &bytes);
            prop_assert_eq!(support::encode(&read), support::encode(&message), "{}", json);
        }
    }

    #[test]
    fn json_output_is_bounded_and_exact_limit_fits(signal in signals(), entropy in entropy()) {
        let json = support::to_json(&support::generated(signal, &entropy)).to_string();
        let bytes = json_to_protobuf(signal, json.as_bytes(), JsonMode::Strict, 1 << 20)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(json_to_protobuf(signal, json.as_bytes(), JsonMode::Strict, bytes.len()).is_ok());
        if !bytes.is_empty() {
            prop_assert!(json_to_protobuf(signal, json.as_bytes(), JsonMode::Strict, bytes.len() - 1).is_err());
        }
    }

    #[test]
    fn cut_json_is_refused(signal in signals(), entropy in entropy(), at in any::<prop::sample::Index>()) {
        let json = support::to_json(&support::generated(signal, &entropy)).to_string();
        let cut = &json.as_bytes()[..at.index(json.len())];
        for mode in MODES {
            prop_assert!(json_to_protobuf(signal, cut, mode, 1 << 20).is_err());
        }
    }
}
