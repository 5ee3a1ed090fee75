package io.dmst.inference.batch;

/** What a {@link Lane} tells while it computes; called on the worker's thread. */
interface Progress {

    /** A batch is about to be computed: those of its requests that still want it. */
    void begun(Batch batch);

    /** Some images were computed together without a fault. */
    void took(Kind kind, int images, long nanos);

    /** Every request of the batch is answered. */
    void done(Batch batch);

    /** The engine is broken and about to be replaced. */
    void unhealthy();
}
