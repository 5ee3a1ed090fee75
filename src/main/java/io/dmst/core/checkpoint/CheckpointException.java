package io.dmst.core.checkpoint;

/**
 * A file of a model is not what it must be. The message names the file and the tensor or key, what
 * was expected and what came.
 */
public final class CheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
