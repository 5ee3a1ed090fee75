package io.dmst.rest;

import io.dmst.inference.Failure;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers requests that failed outside of any controller. */
@RestController
@Hidden
class ProblemErrorController implements ErrorController {

    @RequestMapping("${server.error.path:${error.path:/error}}")
    ResponseEntity<Object> error(HttpServletRequest request) {
        HttpStatusCode status =
                request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                        ? HttpStatusCode.valueOf(code)
                        : HttpStatusCode.valueOf(404);
        return Problems.answer(failure(status), status, new HttpHeaders(), HttpContext.of(request));
    }

    private static Failure failure(HttpStatusCode status) {
        if (status.value() == 408) {
            return BodyReader.IDLE;
        }
        return status.is5xxServerError()
                ? Failure.internal()
                : new Failure(
                        Problems.code(status),
                        "the request was refused; /swagger-ui shows what is expected");
    }
}
