"""Printed papers: certificate, make-up notice and exam record sheet as PDF/A with Chinese text."""
