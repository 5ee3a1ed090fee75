package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;
import static io.dmst.serve.predict.FailureCode.TOO_LARGE;

import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.RequestProperties;
import io.dmst.serve.predict.Upload;
import io.dmst.serve.predict.UploadLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.fileupload2.core.MultipartInput;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** Reads the images of a form, whose parts are called {@value #PART}. */
@Component
class MultipartImages {

    /** Name of the parts that are images. */
    static final String PART = "image";

    private final int mostParts;
    private final UploadLimits limits;

    MultipartImages(RequestProperties request, UploadLimits limits) {
        this.mostParts = 2 * request.maxImages();
        this.limits = limits;
    }

    /**
     * The images in their order, at least one.
     *
     * @param type with the boundary
     * @throws FailureException if the form is malformed, or has no image or too many parts
     */
    List<Upload> read(byte[] body, MediaType type) {
        String boundary = type.getParameter("boundary");
        if (boundary == null) {
            throw malformed();
        }
        List<Upload> images = new ArrayList<>();
        try {
            MultipartInput form =
                    MultipartInput.builder()
                            .setInputStream(new ByteArrayInputStream(body))
                            .setBoundary(boundary.getBytes(StandardCharsets.ISO_8859_1))
                            .get();
            int parts = 0;
            for (boolean more = form.skipPreamble(); more; more = form.readBoundary()) {
                if (++parts > mostParts) {
                    throw new FailureException(
                            TOO_LARGE,
                            "the form has more than %d parts; send several requests"
                                    .formatted(mostParts));
                }
                if (PART.equals(name(form.readHeaders()))) {
                    ByteArrayOutputStream file = new ByteArrayOutputStream();
                    form.readBodyData(file);
                    images.add(limits.image(file.size(), file::toByteArray));
                } else {
                    form.discardBodyData();
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw malformed();
        }
        if (images.isEmpty()) {
            throw new FailureException(
                    INVALID_ARGUMENT,
                    "the form has no part \"%s\"; send curl -F %s=@photo.jpg"
                            .formatted(PART, PART));
        }
        limits.count(images.size());
        return images;
    }

    private static String name(String headers) {
        return headers.lines()
                .filter(line ->
                        line.toLowerCase(Locale.ROOT)
                                .startsWith(
                                        HttpHeaders.CONTENT_DISPOSITION.toLowerCase(Locale.ROOT)
                                                + ":"))
                .map(line -> ContentDisposition.parse(line.substring(line.indexOf(':') + 1).trim()))
                .map(disposition -> String.valueOf(disposition.getName()))
                .findFirst()
                .orElse("");
    }

    private static FailureException malformed() {
        return new FailureException(
                INVALID_ARGUMENT, "the form is malformed, or its body ended early");
    }
}
