//! Where the buckets are, without Proxy-Wasm types.
//!
//! Entries in shared data cannot be deleted, so the number of buckets must not depend on what clients send: a hash of
//! the key tells which of a fixed number of buckets counts the request. Keys with the same bucket share its tokens.
//!
//! Compare-and-swap needs an existing entry. A page, one entry, holds many buckets, so that creating all entries
//! at the start takes about a millisecond. Two threads get in each other's way only on the same page.

use std::hash::{DefaultHasher, Hasher};

pub const PAGES: u16 = 1024;
const BUCKETS: u8 = 64;

/// A page whose buckets are all full.
pub const NEW_PAGE: [u8; 8 * BUCKETS as usize] = [0; 8 * BUCKETS as usize];

/// Where a bucket is.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub page: u16,
    index: usize,
}

/// The place of a key's bucket. Only who knows the seed can tell which keys share a bucket.
pub fn find(seed: &[u8], key: &[u8]) -> Place {
    // SipHash, the same in every thread: the hasher of a HashMap is not.
    let mut hasher = DefaultHasher::new();
    hasher.write(seed);
    hasher.write(key);
    let [index, low, high, ..] = hasher.finish().to_le_bytes();
    Place {
        page: u16::from_le_bytes([low, high]) % PAGES,
        index: usize::from(index % BUCKETS),
    }
}

impl Place {
    pub fn read(&self, page: &[u8]) -> u64 {
        let buckets = page.as_chunks().0;
        buckets
            .get(self.index)
            .map_or(0, |b| u64::from_le_bytes(*b))
    }

    pub fn write(&self, page: &mut [u8], full_at: u64) {
        let buckets = page.as_chunks_mut().0;
        if let Some(bucket) = buckets.get_mut(self.index) {
            *bucket = full_at.to_le_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_key_has_the_same_bucket_in_every_thread() {
        let place = find(b"12345678", b"alice");
        // SipHash-1-3 of these bytes is f0 3a 79 eb 8e a1 7a 4e.
        assert_eq!((place.page, place.index), (0x17a, 14));
        assert_eq!(find(b"12345678", b"alice"), place);
    }

    #[test]
    fn keys_of_any_length_spread_over_all_pages_and_buckets() {
        let places: HashSet<_> = (0..60_000)
            .map(|n| find(b"seed", &vec![b'x'; n % 300]))
            .collect();
        assert_eq!(places.len(), 300);
        let keys = (0..65_536).map(|number: u32| find(b"seed", &number.to_le_bytes()));
        let places: HashSet<_> = keys.collect();
        // 65,536 keys in as many buckets: 1 - 1/e of them are in use.
        assert!((41_000..42_000).contains(&places.len()), "{}", places.len());
        assert_eq!(
            places.iter().map(|p| p.page).collect::<HashSet<_>>().len(),
            1024
        );
        assert_eq!(
            places.iter().map(|p| p.index).collect::<HashSet<_>>().len(),
            64
        );
    }

    #[test]
    fn another_seed_gives_other_places() {
        let keys = 0..1_000_u32;
        let same = keys.filter(|number| {
            let key = number.to_le_bytes();
            find(b"12345678", &key) == find(b"12345679", &key)
        });
        assert!(same.count() < 10);
    }

    #[test]
    fn a_bucket_changes_only_itself() {
        let mut page = NEW_PAGE;
        for index in 0..64 {
            Place { page: 0, index }.write(&mut page, index as u64 + 1);
        }
        for index in 0..64 {
            assert_eq!(Place { page: 0, index }.read(&page), index as u64 + 1);
        }
    }

    #[test]
    fn buckets_of_a_page_that_is_too_short_are_full() {
        let place = Place { page: 0, index: 1 };
        let mut page = [1; 15];
        place.write(&mut page, 2);
        assert_eq!(page, [1; 15]);
        assert_eq!(place.read(&page), 0);
        assert_eq!(place.read(b""), 0);
    }
}
