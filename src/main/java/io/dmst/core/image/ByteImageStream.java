package io.dmst.core.image;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file in memory, as the JDK's readers take it. Their own stream for that copies the file once
 * more and is registered for disposal, under one lock for all threads, which for a small picture is
 * a large part of the work. For one thread at a time.
 */
final class ByteImageStream extends ImageInputStreamImpl {

    private final byte[] file;

    /**
     * @param file is not copied
     */
    ByteImageStream(byte[] file) {
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        checkClosed();
        bitOffset = 0;
        return streamPos < file.length ? file[(int) streamPos++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        checkClosed();
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        int read = (int) Math.min(length, file.length - streamPos);
        if (read <= 0) {
            return -1;
        }
        System.arraycopy(file, (int) streamPos, into, offset, read);
        streamPos += read;
        return read;
    }

    @Override
    public long length() {
        return file.length;
    }

    /** Empty, so that the virtual machine does not register what has nothing to be finalized. */
    @Override
    @SuppressWarnings({"removal", "deprecation", "Finalize"})
    protected void finalize() {}
}
