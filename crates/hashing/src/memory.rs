use std::collections::TryReserveError;

use argon2::Block;
use zeroize::Zeroize as _;

/// The memory that Argon2 works in, used again and again.
///
/// It is reserved at the start, where it can still be refused, and taken from the system by its first use. What is given back
/// to the allocator after each check stays with the allocator, in pieces that fit nothing.
pub(crate) struct Memory {
    blocks: Vec<Block>,
    size: usize,
    used: usize,
}

impl Memory {
    /// Room for so many blocks of 1 KiB (RFC 9106, 3.2).
    ///
    /// # Errors
    ///
    /// When there is not so much memory.
    pub(crate) fn reserve(size: usize) -> Result<Self, TryReserveError> {
        let mut blocks = Vec::new();
        blocks.try_reserve_exact(size)?;
        Ok(Self { blocks, size, used: 0 })
    }

    /// So many blocks to work in; `None` when it is not that large.
    pub(crate) fn take(&mut self, count: usize) -> Option<&mut [Block]> {
        if count > self.size {
            return None;
        }
        self.blocks.resize(self.size, Block::new());
        self.used = self.used.max(count);
        Some(&mut self.blocks[..count])
    }

    /// Wipes all that was taken.
    pub(crate) fn wipe(&mut self) {
        self.blocks[..self.used].iter_mut().for_each(Block::zeroize);
        self.used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_memory_is_used_again_and_wiped() {
        let mut memory = Memory::reserve(8).unwrap();
        for taken in [8, 4, 8] {
            let blocks = memory.take(taken).unwrap();
            let place = blocks.as_ptr();
            blocks.iter_mut().for_each(|block| block.as_mut().fill(u64::MAX));
            memory.wipe();
            let blocks = memory.take(8).unwrap();
            assert!(blocks.iter().flat_map(AsRef::as_ref).all(|word| *word == 0), "{taken}");
            assert_eq!(blocks.as_ptr(), place);
        }
    }

    #[test]
    fn more_than_was_reserved_is_not_given() {
        let mut memory = Memory::reserve(8).unwrap();
        assert!(memory.take(9).is_none());
        assert_eq!(memory.take(8).map(|blocks| blocks.len()), Some(8));
    }

    #[test]
    fn memory_that_there_is_not_is_refused() {
        assert!(Memory::reserve(usize::MAX / Block::SIZE).is_err());
    }
}
