package io.dmst.core.image;

import io.dmst.core.image.Decoded.Reason;
import io.dmst.core.image.Decoded.Refused;

/**
 * Carries a {@link Refused} from nested parsers to {@link ImageDecoder}, which converts it to a
 * value; never thrown outside of the package.
 */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String detail;

    private Refusal(Reason reason, String detail) {
        // no stack trace: hostile input must not cost one
        super(detail, null, false, false);
        this.reason = reason;
        this.detail = detail;
    }

    static Refusal invalid(String detail) {
        return new Refusal(Reason.INVALID, detail);
    }

    static Refusal unsupported(String detail) {
        return new Refusal(Reason.UNSUPPORTED, detail);
    }

    static Refusal tooLarge(String detail) {
        return new Refusal(Reason.TOO_LARGE, detail);
    }

    Refused refused() {
        return new Refused(reason, detail);
    }
}
