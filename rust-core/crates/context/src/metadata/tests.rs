// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use super::*;

fn sample() -> Metadata {
    let mut builder = Metadata::builder(2, 64);
    for (name, value, sensitive) in [
        ("x-a", "1", false),
        ("x-a", "2", false),
        ("authorization", "s3cret", true),
    ] {
        builder.push(Entry {
            name,
            value: value.as_bytes(),
            binary: false,
            sensitive,
        });
    }
    builder.build()
}

#[test]
fn order_and_repeated_names_are_kept() {
    let metadata = sample();
    let values: Vec<_> = metadata.iter().map(|entry| entry.value).collect();
    assert_eq!(values, [b"1".as_slice(), b"2", b"s3cret"]);
    assert_eq!(metadata.values("X-A").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(metadata.authorization(), Some("s3cret"));
}

#[test]
fn values_are_slices_of_the_context() {
    let context: Arc<[u8]> = b"x-binABgateway".as_slice().into();
    let place = |name, value, binary| {
        Ok::<_, ()>(Place {
            name,
            value,
            binary,
            sensitive: false,
        })
    };
    let places = [
        place(PlaceName::Text(5), 5..7, true),
        place(PlaceName::WellKnown(0), 7..14, false),
        place(PlaceName::Text(9), 14..99, false),
    ];
    let metadata = Metadata::in_context(&context, &[HOST], 3, places.into_iter()).unwrap();
    assert_eq!(metadata.first_binary("X-Bin"), Some(&b"AB"[..]));
    assert_eq!(metadata.first("x-bin"), None);
    let host = metadata.host().unwrap();
    assert_eq!(host, "gateway");
    assert_eq!(host.as_ptr(), context[7..].as_ptr());
    assert_eq!(metadata.iter().nth(2).unwrap().value, b"");
}

#[test]
fn debug_output_shows_no_values() {
    assert!(!format!("{:?}", sample()).contains("s3cret"));
}
