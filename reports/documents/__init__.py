"""Documents: reports made from published frames, with the same sentences and pictures as the pages."""
