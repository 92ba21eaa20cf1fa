"""Certificates: the certificate-issuing module; it knows of exams only what their messages say."""
