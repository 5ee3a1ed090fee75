package io.dmst.rest;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;
import static io.dmst.inference.FailureCode.TOO_LARGE;
import static io.dmst.inference.FailureCode.UNSUPPORTED_MEDIA_TYPE;

import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.ImageBounds;
import io.dmst.pipeline.PipelineProperties;
import io.dmst.pipeline.Upload;
import io.dmst.pipeline.UploadMemory;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * Takes the encoded images out of a request's body: raw, multipart or JSON. A body is read within
 * its limit and never more of it.
 *
 * <p>What is wrong with one image of several is refused for that image alone.
 */
@Component
class ImageUploads {

    /** Name of the multipart parts that are images. */
    static final String PART = "image";

    private final PipelineProperties limits;
    private final Bodies bodies;
    private final ImageBounds bounds;
    private final JsonImages json;
    private final UploadMemory memory;

    ImageUploads(
            PipelineProperties limits,
            Bodies bodies,
            ImageBounds bounds,
            JsonImages json,
            UploadMemory memory) {
        this.limits = limits;
        this.bounds = bounds;
        this.bodies = bodies;
        this.json = json;
        this.memory = memory;
    }

    /** The images of a request in their order, at least one. */
    Checked<List<Checked<Upload>>> read(HttpServletRequest request, Exchange exchange) {
        MediaType type;
        try {
            type =
                    request.getContentType() == null
                            ? MediaType.APPLICATION_OCTET_STREAM
                            : MediaType.parseMediaType(request.getContentType());
        } catch (InvalidMediaTypeException e) {
            return Checked.refused(INVALID_ARGUMENT, "the header Content-Type is malformed");
        }
        if (MediaType.MULTIPART_FORM_DATA.isCompatibleWith(type)) {
            return bodies.reserve(request, limits.maxRequestSize(), exchange)
                    .then(size -> parts(request));
        }
        if (MediaType.APPLICATION_JSON.isCompatibleWith(type)) {
            return bodies.reserve(request, limits.maxRequestSize(), exchange)
                    .then(size -> json(request, size, json::read));
        }
        if (type.getType().equals("image") || RAW.stream().anyMatch(type::isCompatibleWith)) {
            return bodies.reserve(request, limits.maxImageSize(), exchange)
                    .then(size -> raw(request, size, exchange));
        }
        return Checked.refused(
                UNSUPPORTED_MEDIA_TYPE,
                ("Content-Type %s/%s is not read here; send an image's bytes as image/* or"
                                + " application/octet-stream, several as multipart/form-data with"
                                + " parts \"%s\" or as application/json")
                        .formatted(type.getType(), type.getSubtype(), PART));
    }

    /** The second is what {@code curl --data-binary} says of any body. */
    private static final List<MediaType> RAW =
            List.of(MediaType.APPLICATION_OCTET_STREAM, MediaType.APPLICATION_FORM_URLENCODED);

    private Checked<List<Checked<Upload>>> raw(
            HttpServletRequest request, DataSize limit, Exchange exchange) {
        LimitedBody body = null;
        try {
            ServletInputStream sent = request.getInputStream();
            body = new LimitedBody(sent, limit.toBytes());
            int length = request.getContentLength();
            Upload image =
                    length < 0 || length > limit.toBytes()
                            ? Upload.of(body.readAllBytes())
                            : memory.filled(length, exchange, buffer -> read(sent, buffer));
            return Checked.accepted(List.of(Checked.accepted(image)));
        } catch (IOException e) {
            return body != null && body.exceeded() ? Bodies.tooLarge(limit) : Bodies.unreadable();
        }
    }

    /**
     * All that there is; Tomcat leaves a buffer as if flipped, where the specification does not.
     */
    private static void read(ServletInputStream sent, ByteBuffer into) throws IOException {
        int read = 0;
        while (into.hasRemaining() && read >= 0) {
            read = sent.read(into.slice());
            into.position(into.position() + Math.max(read, 0));
        }
    }

    /** The instances of a request in KServe's protocol V1, at least one, whatever its type says. */
    Checked<List<Checked<Upload>>> instances(HttpServletRequest request, Exchange exchange) {
        return bodies.reserve(request, limits.maxRequestSize(), exchange)
                .then(size -> json(request, size, json::readInstances));
    }

    /** How the images stand in JSON. */
    private interface Reading {
        Checked<List<Checked<Upload>>> of(InputStream body) throws IOException;
    }

    private Checked<List<Checked<Upload>>> json(
            HttpServletRequest request, DataSize limit, Reading reading) {
        LimitedBody body = null;
        try {
            body = new LimitedBody(request.getInputStream(), limit.toBytes());
            return reading.of(body).then(bounds::counted);
        } catch (IOException e) {
            return body != null && body.exceeded() ? Bodies.tooLarge(limit) : Bodies.unreadable();
        }
    }

    private Checked<List<Checked<Upload>>> parts(HttpServletRequest request) {
        try {
            List<Part> parts =
                    request.getParts().stream().filter(p -> p.getName().equals(PART)).toList();
            if (parts.isEmpty()) {
                return Checked.refused(
                        INVALID_ARGUMENT,
                        "the form has no part \"%s\"; send curl -F %s=@photo.jpg"
                                .formatted(PART, PART));
            }
            return bounds.counted(parts.stream().map(this::part).toList());
        } catch (InvalidParameterException e) {
            return e.getErrorCode() == HttpStatus.CONTENT_TOO_LARGE.value()
                    ? Checked.refused(
                            TOO_LARGE,
                            "the form is larger than %d bytes, or has too many parts; send less"
                                    .formatted(limits.maxRequestSize().toBytes()))
                    : malformedForm();
        } catch (IOException | ServletException e) {
            return malformedForm();
        }
    }

    private static <T> Checked<T> malformedForm() {
        return Checked.refused(INVALID_ARGUMENT, "the form is malformed, or its body ended early");
    }

    private Checked<Upload> part(Part part) {
        if (part.getSize() > limits.maxImageSize().toBytes()) {
            return bounds.tooLarge();
        }
        try (var content = part.getInputStream()) {
            return Checked.accepted(Upload.of(content.readAllBytes()));
        } catch (IOException e) {
            return Bodies.unreadable();
        }
    }
}
