package io.dmst.cli;

import io.dmst.core.image.Decoded;
import io.dmst.core.image.ImageDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Pictures in files that a user has named. */
final class ImageFile {

    private ImageFile() {}

    /** The picture, or why there is none; a file that cannot be read is refused too. */
    static Decoded read(ImageDecoder decoder, Path file) {
        try {
            return decoder.decode(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return new Decoded.Refused(Decoded.Reason.INVALID, "there is no such file");
        } catch (IOException e) {
            return new Decoded.Refused(Decoded.Reason.INVALID, "cannot be read: " + e.getMessage());
        }
    }
}
