//! Long columns of numbers as short text: each number seven bits a byte, the lowest first, then Base64.

use base64::{Engine as _, prelude::BASE64_STANDARD};

/// Numbers, packed.
#[derive(Clone, Debug, Default)]
pub(super) struct Column(Vec<u8>);

impl Column {
    pub(super) fn push(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A number that may be negative: small ones of either sign stay short.
    pub(super) fn push_signed(&mut self, number: i64) {
        self.push(((number << 1) ^ (number >> 63)) as u64);
    }

    pub(super) fn text(&self) -> String {
        BASE64_STANDARD.encode(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_short() {
        let mut column = Column::default();
        [0, 127, 128, 300].into_iter().for_each(|number| column.push(number));
        [0, -1, 1, -200].into_iter().for_each(|number| column.push_signed(number));
        assert_eq!(column.0, [0, 127, 0x80, 1, 0xac, 2, 0, 1, 2, 0x8f, 3]);
        assert_eq!(column.text(), "AH+AAawCAAECjwM=");
    }
}
