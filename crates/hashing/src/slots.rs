use std::io::{Error, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use crate::memory::Memory;

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// Threads that hash passwords, each with its memory. There is nothing left to ask of the system for a check, and so nothing
/// that it could refuse.
pub(crate) struct Slots {
    jobs: Sender<Job>,
}

impl Slots {
    /// Argon2 works on a few blocks on the stack, and all the others in its memory.
    const STACK: usize = 256 * 1024;

    /// Starts `count` threads, each with room for so many blocks of 1 KiB.
    ///
    /// # Errors
    ///
    /// When the system has no memory for that, or no threads.
    pub(crate) fn start(count: usize, blocks: usize) -> Result<Self, Error> {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..count {
            let memory =
                Memory::reserve(blocks).map_err(|error| Error::new(ErrorKind::OutOfMemory, error))?;
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new().name(format!("hash-{number}")).stack_size(Self::STACK);
            thread.spawn(move || work(&queue, memory))?;
        }
        Ok(Self { jobs })
    }

    /// Has `work` done on the next thread that is free; `None` when it came to no end.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let job = move |memory: &mut Memory| {
            // Whoever asked may have gone.
            let _ = answer.send(work(memory));
        };
        self.jobs.send(Box::new(job)).ok()?;
        answered.await.ok()
    }
}

/// Until there can be no more jobs. A job that panics takes neither its thread nor what it left in the memory with it.
fn work(queue: &Mutex<Receiver<Job>>, mut memory: Memory) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // The panic was told when it came.
        let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
        memory.wipe();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_is_no_answer_and_costs_no_thread() {
        let slots = Slots::start(1, 8).unwrap();
        assert_eq!(
            slots.run(|memory| memory.take(8).map(|_| panic!("the test says so"))).await,
            None::<Option<()>>
        );
        let wiped = |memory: &mut Memory| memory.take(8).unwrap().iter().flat_map(AsRef::as_ref).sum::<u64>();
        assert_eq!(slots.run(wiped).await, Some(0));
    }

    #[tokio::test]
    async fn what_one_job_left_in_the_memory_the_next_one_does_not_find() {
        let slots = Slots::start(1, 8).unwrap();
        let fill = |memory: &mut Memory| {
            let blocks = memory.take(8).unwrap();
            blocks.iter_mut().for_each(|block| block.as_mut().fill(u64::MAX));
        };
        let sum = |memory: &mut Memory| memory.take(8).unwrap().iter().flat_map(AsRef::as_ref).sum::<u64>();
        assert_eq!(slots.run(fill).await, Some(()));
        assert_eq!(slots.run(sum).await, Some(0));
    }

    #[test]
    fn memory_that_there_is_not_is_refused_at_the_start() {
        let refused = Slots::start(1, usize::MAX / argon2::Block::SIZE).err();
        assert_eq!(refused.map(|error| error.kind()), Some(ErrorKind::OutOfMemory));
    }
}
